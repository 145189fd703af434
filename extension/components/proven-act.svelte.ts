import type { OidcProof } from "#protocol";
import type { Refused } from "../messaging/commands.ts";
import type { AccountCommands } from "./account-props.ts";

/**
 * An act that wants the password, or a sign-in anew at the provider from who has none. While the person is at the provider
 * nothing is done yet, and they may give it up: whoever signs in there after that has done nothing.
 */
export class ProvenAct {
  #at = $state.raw<"proving" | "acting">();
  #latest: symbol | undefined;

  get isBusy(): boolean {
    return this.#at !== undefined;
  }

  get isProving(): boolean {
    return this.#at === "proving";
  }

  /** It is being done, and not to be stopped any more. */
  get isActing(): boolean {
    return this.#at === "acting";
  }

  /** By the password. */
  async act<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    this.#at = "acting";
    const answer = await act();
    this.#at = undefined;
    return answer;
  }

  /** By way of the provider. Answers undefined where it was given up meanwhile. */
  async prove<Answer>(
    { prove }: Pick<AccountCommands, "prove">,
    act: (given: { proof: OidcProof }) => Promise<Answer>,
  ): Promise<Answer | Refused | undefined> {
    const mine = Symbol("a try");
    this.#latest = mine;
    this.#at = "proving";
    const proof = await prove();
    if (this.#latest !== mine) return undefined;
    if (proof.ok) return this.act(() => act({ proof: proof.value }));
    this.#at = undefined;
    return proof;
  }

  /** Answers whether nothing is done: what is being done already goes on. */
  giveUp(): boolean {
    if (this.isActing) return false;
    this.#latest = undefined;
    this.#at = undefined;
    return true;
  }
}
