import type { ExchangeState } from "../core/exchange-types.ts";

/** What the call page shows of the words and files of a call, and what a person can do there. */
export interface ExchangeProps {
  exchange: ExchangeState;
  /** Answers whether it can be said; it is too long or empty otherwise. */
  onwrite: (text: string) => boolean;
  onhandover: (files: File[]) => void;
  onanswer: (id: string, answer: "accept" | "decline" | "cancel") => void;
  /** The person opens the panel, or closes it. */
  onshow: (shown: boolean) => void;
}
