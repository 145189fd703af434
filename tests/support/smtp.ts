import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

/** A mail as it arrived. */
export interface Arrived {
  /** Of the envelope. */
  to: string[];
  mail: Email;
}

/** A real SMTP server on this machine that keeps what it is sent. */
export interface TestSmtp {
  url: string;
  port: number;
  arrived: Arrived[];
  /** What it says to each recipient, in the order of the tries; nothing left: it takes the mail. */
  refusals: { code: number; words: string }[];
  /** Holds every mail at its recipient, until the answer is called. */
  hold(): () => void;
  /** The next mail that arrives, or the first that nobody has taken yet. */
  next(): Promise<Arrived>;
  close(): Promise<void>;
}

export async function startSmtp(port = 0): Promise<TestSmtp> {
  const arrived: Arrived[] = [];
  const waiting: ((mail: Arrived) => void)[] = [];
  const refusals: TestSmtp["refusals"] = [];
  let held: Promise<unknown> = Promise.resolve();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: (_address, _session, done) => {
      const refusal = refusals.shift();
      if (refusal === undefined) void held.then(() => done());
      else done(Object.assign(new Error(refusal.words), { responseCode: refusal.code }));
    },
    onData: (stream, session, done) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        const to = session.envelope.rcptTo.map(({ address }) => address);
        const mail = { to, mail: await PostalMime.parse(Buffer.concat(chunks)) };
        const waiter = waiting.shift();
        if (waiter === undefined) arrived.push(mail);
        else waiter(mail);
        done();
      })();
    },
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  const taken = (server.server.address() as AddressInfo).port;
  return {
    url: `smtp://127.0.0.1:${String(taken)}`,
    port: taken,
    arrived,
    refusals,
    hold: () => {
      const gate = Promise.withResolvers<undefined>();
      held = gate.promise;
      return () => gate.resolve(undefined);
    },
    next: () => {
      const first = arrived.shift();
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The one link of a mail, the same in both its forms. */
export function linkOf({ mail: { text = "", html = "" } }: Arrived): URL {
  const [link, ...others] = text.match(/https?:\S+/g) ?? [];
  if (link === undefined || others.length > 0) throw new Error(`The mail has not one link: ${text}`);
  if (!html.includes(`href="${link}"`)) throw new Error(`The mail's HTML has another link than ${link}.`);
  return new URL(link);
}
