import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** Something between the service and a store, which can go away, or be silent for a while. */
export interface Forwarder {
  /** The store's address, by way of this. */
  readonly url: string;
  /** Refuses connections, and breaks those there are. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Lets nothing through, and breaks nothing. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

export async function forwardTo(storeUrl: string): Promise<Forwarder> {
  const target = new URL(storeUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let paused = false;
  const server = createServer((incoming) => {
    const outgoing = connect(Number(target.port), target.hostname);
    const pair = [incoming, outgoing] as const;
    pairs.add(pair);
    incoming.on("data", (chunk) => outgoing.write(chunk));
    outgoing.on("data", (chunk) => incoming.write(chunk));
    if (paused) pair.forEach((socket) => socket.pause());
    for (const socket of pair) {
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        pair.forEach((end) => end.destroy());
        pairs.delete(pair);
      });
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const pair of pairs) pair.forEach((socket) => socket.destroy());
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(storeUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    cut: stop,
    mend: () => listen(port),
    pause: () => {
      paused = true;
      for (const pair of pairs) pair.forEach((socket) => socket.pause());
    },
    resume: () => {
      paused = false;
      for (const pair of pairs) pair.forEach((socket) => socket.resume());
    },
    close: async () => {
      if (server.listening) await stop();
    },
  };
}
