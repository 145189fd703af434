import type { BrowserContext, CDPSession, Page } from "playwright-core";

/** CPU time of each kind of process of a browser, in seconds since it began. */
export type CpuTimes = Readonly<Record<string, number>>;

/** What a page or a worker holds, once its garbage is collected. */
export interface Held {
  readonly heapBytes: number;
  readonly nodes?: number;
  readonly listeners?: number;
}

/** Of all processes of the browser, those of pages and what draws them and carries their sound as well. */
export async function cpuTimes(context: BrowserContext): Promise<CpuTimes> {
  const session = await context.browser()?.newBrowserCDPSession();
  if (session === undefined) throw new Error("The browser has no session of its own.");
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const times: Record<string, number> = {};
  for (const { type, cpuTime } of processInfo) {
    // Services have the name of their interface: audio.mojom.AudioService.
    const name = type.replace(/\.mojom\..*$/, "");
    times[name] = (times[name] ?? 0) + cpuTime;
  }
  return times;
}

export async function heldByPage(page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners: listeners } = await session.send("Memory.getDOMCounters");
  await session.detach();
  return { heapBytes: usedSize, nodes, listeners };
}

/** Of the extension's background, reached from one of its pages. */
export async function heldByWorker(page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  const { targetInfos } = await session.send("Target.getTargets");
  const worker = targetInfos.find(({ type }) => type === "service_worker");
  if (worker === undefined) throw new Error("The extension's worker does not run.");
  // Playwright gives a worker no session: what is said to it goes in letters.
  const { sessionId } = await session.send("Target.attachToTarget", { targetId: worker.targetId, flatten: false });
  await answerOf(session, sessionId, { id: 1, method: "HeapProfiler.collectGarbage" });
  const { usedSize } = await answerOf(session, sessionId, { id: 2, method: "Runtime.getHeapUsage" });
  await session.send("Target.detachFromTarget", { sessionId });
  await session.detach();
  return { heapBytes: usedSize };
}

function answerOf(
  session: CDPSession,
  sessionId: string,
  request: { id: number; method: string },
): Promise<{ usedSize: number }> {
  return new Promise((resolve, reject) => {
    const hear = (event: { message: string }) => {
      // Of the browser's own protocol.
      const { id, result } = JSON.parse(event.message) as { id?: number; result: { usedSize: number } };
      if (id !== request.id) return;
      session.off("Target.receivedMessageFromTarget", hear);
      resolve(result);
    };
    session.on("Target.receivedMessageFromTarget", hear);
    session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify(request) }).catch(reject);
  });
}
