import { Client } from "pg";

/**
 * A connection of its own to a database of the tests. Its errors are heard: PostgreSQL may be killed while it is open,
 * and what is asked after that fails by itself.
 */
export async function connectTo(uri: string): Promise<Client> {
  const client = new Client(uri);
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
