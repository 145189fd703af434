import { readInviteCode } from "#protocol";
import { describe, expect, it } from "vitest";

describe("an invite code", () => {
  it.each([
    "K7QM-2XPA-9D30-41VB",
    "k7qm2xpa9d3041vb",
    " K7QM 2XPA 9D30 41VB ",
    "K7QM–2XPA—9D30‐41VB",
    "K7QM-2XPA-9D3O-4IVB",
    "K7QM-2XPA-9D3o-4lVB",
    "https://beckon.example.org/i/K7QM-2XPA-9D30-41VB",
    "https://beckon.example.org/sub/i/k7qm-2xpa-9d30-41vb?from=chat#top",
  ])("is read from %j", (text) => {
    expect(readInviteCode(text)).toBe("K7QM-2XPA-9D30-41VB");
  });

  it.each([
    "",
    "K7QM-2XPA-9D30-41V",
    "K7QM-2XPA-9D30-41VBB",
    "K7QM-2XPA-9D30-41VU",
    "https://beckon.example.org/verify",
    "é",
  ])("is not read from %j", (text) => {
    expect(readInviteCode(text)).toBeUndefined();
  });
});
