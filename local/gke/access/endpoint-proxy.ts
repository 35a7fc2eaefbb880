import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface EndpointProxy {
  /** Loopback port for `HTTPS_PROXY`. */
  readonly port: number;
  close(): Promise<void>;
}

/** Where GKE's DNS endpoints are: names that no other service of Google's has. */
const endpoints = /\.gke\.goog$/;

/**
 * Serves a proxy that knows where the DNS endpoints of clusters are on this machine. It sees no more than names: what
 * passes is encrypted between the client and the API server. Other names are passed on to where they lead.
 *
 * `portOf` gives the loopback port of the API server behind a DNS endpoint.
 */
export async function serveEndpointProxy(
  portOf: (hostName: string) => number | undefined,
): Promise<EndpointProxy> {
  const open = new Set<Socket>();
  const server = createServer((_, response) => {
    response.writeHead(405).end("this proxy only opens connections to clusters\n");
  });
  server.on("connect", ({ url = "" }, client: Socket, head: Buffer) => {
    const [hostName = "", port = "443"] = url.split(":");
    const local = portOf(hostName);
    client.on("error", () => client.destroy());
    if (local === undefined && endpoints.test(hostName)) {
      client.end(`HTTP/1.1 502 this local world has no cluster at ${hostName}\r\n\r\n`);
      return;
    }
    const target = local === undefined ? connect(Number(port), hostName) : connect(local, "127.0.0.1");
    for (const socket of [client, target]) {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
    }
    target.once("connect", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) target.write(head);
      client.pipe(target).pipe(client);
    });
    target.on("error", () => client.destroy());
    target.on("close", () => client.destroy());
    client.on("close", () => target.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of open) socket.destroy();
      }),
  };
}
