import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** How long a wanted port may still be held, in milliseconds: whoever had it may just be ending. */
const patienceMilliseconds = 1_000;

/** A loopback port that nobody listens on: the wanted one when it can be had, else any. */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined) {
    const deadline = Date.now() + patienceMilliseconds;
    do {
      const found = await tryPort(wanted).catch(() => undefined);
      if (found !== undefined) return found;
      await wait(50);
    } while (Date.now() < deadline);
  }
  return tryPort(0);
}

function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
