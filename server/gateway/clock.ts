/** The server's time. The machine's own clock can be set; what is kept beyond this process is told by that one. */
export interface Clock {
  /** Now, in ms since 1970 as the machine had it at the start. It never goes back, leaps or stands still. */
  now: () => number;
  /** The same instant by the machine's clock as it stands now. */
  toWall: (at: number) => number;
  /** What the machine's clock, as it stands now, means in the server's time. */
  fromWall: (at: number) => number;
}

export function createClock(): Clock {
  const began = Date.now() - performance.now();
  const now = () => Math.floor(began + performance.now());
  return { now, toWall: (at) => at + Date.now() - now(), fromWall: (at) => at - Date.now() + now() };
}
