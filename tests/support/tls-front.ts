import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { promisify } from "node:util";

const run = promisify(execFile);

/** TLS before a server, since extensions speak plainly to their own machine alone. Its certificate is nobody's. */
export class TlsFront {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #port = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on("secureConnection", (near) => {
      const far = connect(this.#port, "127.0.0.1");
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#open.add(one);
        // An end that breaks takes the other with it; there is nothing else to do about its error.
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.#open.delete(one);
          other.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
  }

  static async start(host: string): Promise<TlsFront> {
    const server = createServer(await newCertificate(host));
    server.listen(0, host);
    await once(server, "listening");
    return new TlsFront(server);
  }

  get url(): string {
    // A listening server has an address and a port.
    const { address, port } = this.#server.address() as AddressInfo;
    return `https://${address}:${String(port)}`;
  }

  /** The port of this machine that connections are passed on to. */
  leadTo(port: number): void {
    this.#port = port;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await once(this.#server, "close");
  }
}

async function newCertificate(host: string): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), "beckon-certificate-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const names = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=IP:${host}`];
    await run("openssl", ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", cert]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
