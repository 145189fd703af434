import type { FileEntry } from "../core/exchange-types.ts";
import type { MessageKey, Text } from "../locales/text.ts";

/** How far a file is, in one sentence. */
export function fileWords(text: Text, { mine, size, kept, state }: FileEntry, name: string): string {
  const side = mine ? "mine" : "theirs";
  const values = { name, size: text.bytes(size), done: text.bytes(kept) };
  switch (state.at) {
    case "failed":
      return text.t(`exchange.failed-${state.why}`, values);
    case "cancelled":
      return text.t(state.by === "us" ? "exchange.cancelled" : "exchange.cancelled-by-them", values);
    case "opening":
      return text.t("exchange.theirs-moving", values);
    default: {
      const key: MessageKey = `exchange.${side}-${state.at}`;
      return text.t(key, values);
    }
  }
}
