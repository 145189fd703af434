import { sendCommand } from "./page.ts";

/** Puts what a report of a fault needs on the clipboard. False where that could not be done; never rejects. */
export async function copyDiagnostics(): Promise<boolean> {
  const answer = await sendCommand({ type: "readDiagnostics" });
  if (!answer.ok) return false;
  return navigator.clipboard.writeText(JSON.stringify(answer.value, null, 2)).then(
    () => true,
    () => false,
  );
}
