import type { Page } from "playwright-core";
import { firstFrameAt, untilMediaAdvances } from "./page-watch.ts";
import type { Person } from "./people.ts";

/** A call that both sides see and hear. */
export interface Talk {
  readonly aliceCall: Page;
  readonly bobCall: Page;
  /** From the caller's click until the callee's notification, in ms. */
  readonly ringMs: number;
  /** From the callee's click until the first decoded picture of the other side, in ms. */
  readonly aliceFrameMs: number;
  readonly bobFrameMs: number;
}

/** Alice calls Bob with video, he accepts in his popup, and picture and sound advance on both sides. */
export async function talk(alice: Person, bob: Person): Promise<Talk> {
  const clickedAt = await alice.call(bob);
  const { at: rangAt } = await bob.browser.ringingNotification();
  const acceptedAt = await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  const [aliceAt, bobAt] = await Promise.all([firstFrameAt(aliceCall), firstFrameAt(bobCall)]);
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  return {
    aliceCall,
    bobCall,
    ringMs: rangAt - clickedAt,
    aliceFrameMs: aliceAt - acceptedAt,
    bobFrameMs: bobAt - acceptedAt,
  };
}
