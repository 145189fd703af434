import { ParseCode } from "#protocol";
import { expect, it } from "vitest";
import { avatarOf, MOST_WAITING } from "../../../server/accounts/avatar-image.ts";
import { drawing } from "../../support/drawings.ts";

it("takes so many pictures at once and no more; whoever comes later is told when to try again", async () => {
  const image = await drawing().png().toBuffer();
  const all = await Promise.allSettled(Array.from({ length: MOST_WAITING + 5 }, () => avatarOf(image)));
  const refused = all.filter((each) => each.status === "rejected");
  expect(refused).toHaveLength(5);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: ParseCode.tooMany, retryAfterMs: 5_000 });
  expect(all.filter((each) => each.status === "fulfilled" && each.value !== undefined)).toHaveLength(MOST_WAITING);
  expect(await avatarOf(image)).toBeDefined();
});
