import type { PopupCommands } from "../../../extension/components/popup-props.ts";
import { type CommandAnswer, readOffer } from "../../../extension/messaging/commands.ts";
import { inviteFunctions } from "./invite-scenes.ts";
import type { PopupScene } from "./scenes.ts";
import { SERVER_PROBLEMS } from "./sign-scenes.ts";

/** The commands of a scene answer as it says, and well where it says nothing; `note` hears the name of each. */
export function commandsOf(
  { answer = { ok: true }, waitingLinks }: PopupScene,
  note: (name: string) => void,
): PopupCommands {
  const reply = (name: string) => (): Promise<CommandAnswer> => {
    note(name);
    return answer === "never" ? new Promise<never>(() => undefined) : Promise.resolve(answer);
  };
  return {
    ...inviteFunctions(note, {
      waitingLinks,
      ...(answer === "never" || answer.ok ? {} : { create: answer, withdraw: answer }),
    }),
    // The server itself is found, but where the scene is about that.
    checkServer: isAboutServer(answer) ? reply("checkServer") : () => Promise.resolve({ ok: true }),
    signIn: reply("signIn"),
    signUp: reply("signUp"),
    signInByProvider: reply("signInByProvider"),
    openInvite: reply("openInvite"),
    requestPasswordReset: reply("requestPasswordReset"),
    signOut: reply("signOut"),
    setPresence: reply("setPresence"),
    setDevice: reply("setDevice"),
    requestContact: reply("requestContact"),
    acceptContact: reply("acceptContact"),
    declineContact: reply("declineContact"),
    removeContact: reply("removeContact"),
    blockContact: reply("blockContact"),
    unblockContact: reply("unblockContact"),
    placeCall: reply("placeCall"),
    acceptCall: reply("acceptCall"),
    declineCall: reply("declineCall"),
    silenceRing: reply("silenceRing"),
    hangUp: reply("hangUp"),
    dismissCall: reply("dismissCall"),
    watchContact: reply("watchContact"),
    letThrough: reply("letThrough"),
    favourite: reply("favourite"),
    showHistory: () => {
      note("showHistory");
      return () => note("hideHistory");
    },
    readCalls: reply("readCalls"),
    moreCalls: reply("moreCalls"),
    openInvitePage: () => note("openInvitePage"),
    openWelcome: () => note("openWelcome"),
    openSettings: () => note("openSettings"),
    retryNow: reply("retryNow"),
    showCallTab: reply("showCallTab"),
    togglePicture: reply("togglePicture"),
  };
}

function isAboutServer(answer: CommandAnswer | "never"): boolean {
  if (answer === "never") return true;
  return answer.ok ? readOffer(answer) !== undefined : SERVER_PROBLEMS.includes(answer.problem);
}
