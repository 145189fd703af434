import { DEVICE_AT_FIRST } from "../../../extension/core/device-settings.ts";
import type { SignedOutView, View } from "../../../extension/core/view.ts";
import { type CommandAnswer, Problem } from "../../../extension/messaging/commands.ts";
import type { PopupScene } from "./scenes.ts";

const signedOut = (server?: string, more: Partial<SignedOutView> = {}): View => ({
  at: "signed-out",
  sessionEnded: false,
  device: DEVICE_AT_FIRST,
  ...(server === undefined ? {} : { server }),
  ...more,
});

export const refused = (problem: Problem): CommandAnswer => ({ ok: false, problem });

/** What can be wrong with the address of a server. */
export const SERVER_PROBLEMS = Problem.options.filter(
  (problem) => problem.startsWith("server-") && problem !== "server-away",
);

const serverProblems = SERVER_PROBLEMS.map((problem) => [
  `sign-server-problem-${problem}`,
  { screen: "popup", view: signedOut(), answer: refused(problem) } satisfies PopupScene,
]);

export const signScenes: Record<string, PopupScene> = {
  "sign-server": { screen: "popup", view: signedOut() },
  "sign-checking": { screen: "popup", view: signedOut(), answer: "never" },
  ...(Object.fromEntries(serverProblems) as Record<string, PopupScene>),
  "sign-in": { screen: "popup", view: signedOut("https://beckon.example.org"), answer: refused("wrong-password") },
  "sign-in-ended": { screen: "popup", view: signedOut("https://beckon.example.org", { sessionEnded: true }) },
  "sign-provider": {
    screen: "popup",
    view: signedOut("https://beckon.example.org", {
      providerProblem: { server: "https://beckon.example.org", problem: "provider-away" },
    }),
    answer: { ok: true, value: { registration: "open", provider: "The Example Club of Lovers of Long Names" } },
  },
  "sign-up": { screen: "popup", view: signedOut("https://beckon.example.org"), answer: refused("handle-taken") },
  "sign-up-password": {
    screen: "popup",
    view: signedOut("https://beckon.example.org"),
    answer: { ok: false, problem: "bad-input", field: "password" },
  },
};
