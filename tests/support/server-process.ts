import { join } from "node:path";
import { openDataFolder } from "../../server/database/data-folder.ts";
import { startEmbedded } from "../../server/database/embedded.ts";
import { createLogger } from "../../server/logger.ts";
import { createMail } from "../../server/mail/mail.ts";
import { openSecrets, type Secrets } from "../../server/secrets.ts";

// A server's database, and its accounts if asked for, in a process of its own, to be killed. Prints what it is, and
// stops at SIGTERM.
const [dataDir = "", withAccounts] = process.argv.slice(2);
try {
  const data = await openDataFolder(dataDir);
  const secrets = await openSecrets(data.path);
  const logger = createLogger("warn");
  const database = await startEmbedded(data.path, secrets.database, logger);
  const accounts = withAccounts === "accounts" ? await startAccounts(database.uri, secrets) : undefined;
  process.once("SIGTERM", () => {
    void (async () => {
      await accounts?.close();
      await database.stop();
      await data.release();
    })();
  });
  console.log(JSON.stringify({ uri: database.uri, pid: database.pid() }));
} catch (error) {
  console.log(JSON.stringify({ problem: error instanceof Error ? error.message : String(error) }));
  process.exitCode = 1;
}

async function startAccounts(databaseUri: string, { masterKey, maintenanceKey }: Secrets) {
  // Parse takes seconds to load; most tests of the database do without.
  const { createAccounts } = await import("../../server/accounts/create-accounts.ts");
  const logger = createLogger("warn");
  const publicUrl = () => "http://localhost";
  return createAccounts({
    config: { registration: "open" },
    publicUrl,
    mail: createMail({ smtp: undefined, publicUrl, logger }),
    databaseUri,
    filesDir: join(dataDir, "files"),
    iceServers: () => [],
    masterKey,
    maintenanceKey,
    logger,
  });
}
