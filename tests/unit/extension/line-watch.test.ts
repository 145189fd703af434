import { beforeEach, describe, expect, it, vi } from "vitest";
import { LineWatch } from "../../../extension/media/line-watch.ts";

/** A connection whose statistics are answered when the test lets them be. */
class SlowConnection {
  readonly connectionState = "connected";
  packets = 0;
  isHung = false;
  #waiting: (() => void)[] = [];

  getTransceivers(): [] {
    return [];
  }

  async getStats(): Promise<Map<string, object>> {
    if (this.isHung) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return new Map([["in", { type: "inbound-rtp", id: "in", kind: "audio", packetsReceived: this.packets }]]);
  }

  answer(): void {
    this.isHung = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

let connection: SlowConnection;
let watch: LineWatch;
let done: string[];

beforeEach(() => {
  vi.useFakeTimers();
  done = [];
  watch = new LineWatch({
    looked: () => done.push("looked"),
    silent: () => done.push("silent"),
    isSending: () => true,
    microphone: () => undefined,
  });
  connection = new SlowConnection();
  watch.follow(connection as unknown as RTCPeerConnection);
  return () => {
    watch.stop();
    vi.useRealTimers();
  };
});

/** Lets seconds pass, in each of which so many packets come. */
async function pass(seconds: number, packets: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed++) {
    connection.packets += packets;
    await vi.advanceTimersByTimeAsync(1_000);
  }
}

describe("the looks at a line", () => {
  it("find it silent once nothing has come for 6 s", async () => {
    await pass(3, 50);
    await pass(5, 0);
    expect(done).not.toContain("silent");
    await pass(1, 0);
    expect(done.at(-1)).toBe("silent");
  });

  it("are one where the browser answers several together, which would see nothing new", async () => {
    await pass(3, 50);
    connection.isHung = true;
    await pass(8, 50);
    connection.answer();
    await pass(3, 50);
    expect(done).not.toContain("silent");
  });

  it("are made again where one is never answered", async () => {
    await pass(1, 50);
    connection.isHung = true;
    await pass(1, 50);
    connection.isHung = false;
    const before = done.length;
    await pass(12, 50);
    expect(done.length).toBeGreaterThan(before);
  });

  it("find it silent soon after the other's channels were closed, but not later on", async () => {
    await pass(1, 50);
    watch.left();
    await pass(2, 0);
    expect(done).toContain("silent");
    done = [];
    watch.follow(connection as unknown as RTCPeerConnection);
    await pass(1, 50);
    watch.left();
    await pass(4, 50);
    await pass(2, 0);
    expect(done).not.toContain("silent");
  });

  it("begin anew with another connection", async () => {
    await pass(1, 50);
    watch.left();
    watch.follow(connection as unknown as RTCPeerConnection);
    await pass(3, 0);
    expect(done).not.toContain("silent");
  });
});
