// Loaded into a server before its own code: it asks the server to stop when the process that started it is gone, also
// one that was killed and could not do so itself. The pipe of standard input breaks with it.
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM"));
process.stdin.resume().unref();
