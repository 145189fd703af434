import { Stage, type Heard, type Seat } from "./stage.ts";

/** Alice and Bob, contacts of each other, online at one device each, with nothing left to hear. */
export function aliceAndBob(stage = new Stage()): { stage: Stage; alice: Seat; bob: Seat } {
  stage.friends("alice", "bob");
  const [alice, bob] = [stage.join("alice"), stage.join("bob")];
  alice.heard();
  bob.heard();
  return { stage, alice, bob };
}

/** How Alice is told of Bob's presence. */
export const told = (availability: string, fields: object = {}) => ({
  type: "presence",
  user: "bob",
  availability,
  since: 0,
  ...fields,
});

/** What was heard of calls. */
export const ofCalls = (heard: Heard[]) => heard.filter(({ type }) => type.startsWith("call."));
