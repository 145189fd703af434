import * as v from "valibot";
import { type Browser, browser } from "wxt/browser";
import { CALL_PORT } from "./call-port.ts";
import { Command, type CommandAnswer, formField } from "./commands.ts";
import { CONTACTS_PORT, HISTORY_PORT, isOwnPage } from "./pages.ts";

export type Port = Browser.runtime.Port;

/** Answers the commands of our own pages; anything else is not heard. Call it on the first turn. */
export function onCommand(handle: (command: Command) => Promise<CommandAnswer>): void {
  browser.runtime.onMessage.addListener((message: unknown, sender, answer) => {
    const command = isOwnPage(sender) ? v.safeParse(Command, message) : undefined;
    if (command === undefined) return false;
    if (!command.success) {
      const field = formField(v.getDotPath(command.issues[0]));
      answer({ ok: false, problem: "bad-input", field } satisfies CommandAnswer);
      return false;
    }
    void handle(command.output).then(answer, () =>
      answer({ ok: false, problem: "server-trouble" } satisfies CommandAnswer),
    );
    // The answer comes later, on this same channel.
    return true;
  });
}

/** Meets the ports of our own pages, by their kind. Call it on the first turn. */
export function onPort(meet: {
  callPage: (port: Port) => void;
  contactsPage: (port: Port) => void;
  historyPage: (port: Port) => void;
}): void {
  browser.runtime.onConnect.addListener((port) => {
    if (!isOwnPage(port.sender)) port.disconnect();
    else if (port.name === CALL_PORT) meet.callPage(port);
    else if (port.name === CONTACTS_PORT) meet.contactsPage(port);
    else if (port.name === HISTORY_PORT) meet.historyPage(port);
  });
}
