/** The server's clock in ms since 1970. It stands still where the machine's is set back, since an instant never goes back. */
export function createClock(): () => number {
  let last = 0;
  return () => {
    last = Math.max(last, Date.now());
    return last;
  };
}
