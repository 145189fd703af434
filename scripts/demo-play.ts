import { join } from "node:path";
import { firstFrameAt, untilMediaAdvances } from "../tests/support/page-watch.ts";
import { BADGE, type Person, say } from "../tests/support/people.ts";
import { POPUP_SIZE, takePicture } from "./picture.ts";
import { ROOT } from "./setup/command.ts";
import { step } from "./setup/progress.ts";

const PICTURES = join(ROOT, "demo-pictures");

/** Plays a call from the click to the end, with a line for each step, and takes pictures. Throws where a step fails. */
export async function playCall(alice: Person, bob: Person, signal: AbortSignal): Promise<void> {
  const play = <T>(title: string, work: () => Promise<T>) => step(title, work, signal);
  await Promise.all([alice, bob].map(({ popup }) => popup.setViewportSize(POPUP_SIZE)));

  await play("Alice sees that Bob is available", () => alice.contact(bob, "available").waitFor());
  await takePicture(alice.popup, PICTURES, "popup");

  const clickedAt = await play("Alice clicks on video call", () => alice.call(bob));
  const { at: rangAt } = await play("Bob's browser rings by notification", () => bob.browser.ringingNotification());
  await play("Bob's badge and popup show the call", async () => {
    await bob.card.waitFor();
    await bob.browser.untilBadge(BADGE.ringing);
  });
  await takePicture(bob.popup, PICTURES, "ringing");

  const acceptedAt = await play("Bob accepts", () => bob.accept());
  signal.throwIfAborted();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  const [aliceAt, bobAt] = await play("Each sees the other's first picture", () =>
    Promise.all([firstFrameAt(aliceCall), firstFrameAt(bobCall)]),
  );
  await play("Picture and sound go on, both ways", () =>
    Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]),
  );
  await takePicture(aliceCall, PICTURES, "call-alice");
  await takePicture(bobCall, PICTURES, "call-bob");

  await play("Alice hangs up, and the call is over for Bob", async () => {
    await alice.hangUp(aliceCall);
    await bob.sees(bobCall, say("ended.callee.hangup"));
  });
  console.log(
    [
      `From click to ring ${String(rangAt - clickedAt)} ms.`,
      `From accept to the first picture ${String(aliceAt - acceptedAt)} ms at Alice's, ${String(bobAt - acceptedAt)} ms at Bob's.`,
      `Pictures are in ${PICTURES}.`,
    ].join("\n"),
  );
}
