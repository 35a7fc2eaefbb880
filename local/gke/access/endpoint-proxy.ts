import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface EndpointProxy {
  /** For `HTTPS_PROXY` or a kubeconfig's `proxy-url`; it holds what lets its user in. */
  readonly url: string;
  close(): Promise<void>;
}

/** Where GKE's DNS endpoints are: names that no other service of Google's has. */
const endpoints = /\.gke\.goog$/;

/** Takes a connection that was asked for by a name, as if it had been made to it. */
export type Entrance = (connection: Socket) => void;

/**
 * Serves a proxy that knows where the DNS endpoints of clusters are on this machine. It sees no more than names: what
 * passes is encrypted between the client and the API server. Other names are passed on to where they lead, for who has
 * its URL: a real plugin that fetches charts has only this way out.
 *
 * `portOf` gives the loopback port of the API server behind a DNS endpoint; `entranceOf` what else of this world has a
 * name, and no port: nobody reaches it without the proxy's token.
 */
export async function serveEndpointProxy(
  portOf: (hostName: string) => number | undefined,
  entranceOf: (hostName: string) => Entrance | undefined = () => undefined,
): Promise<EndpointProxy> {
  const token = randomBytes(16).toString("hex");
  const allowed = `Basic ${Buffer.from(`local:${token}`).toString("base64")}`;
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket)).on("error", () => socket.destroy());
  };
  const server = createServer((_, response) => {
    response.writeHead(405).end("this proxy only opens connections\n");
  });
  server.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
    keep(client);
    const target = /^([^:]+):(\d{1,5})$/.exec(request.url ?? "");
    const [hostName, port] = [target?.[1], Number(target?.[2])];
    const local = hostName === undefined ? undefined : portOf(hostName);
    const enter = hostName === undefined ? undefined : entranceOf(hostName);
    if (request.headers["proxy-authorization"] !== allowed) {
      client.end("HTTP/1.1 407 the address of this proxy has a token in it\r\n\r\n");
    } else if (hostName === undefined || port < 1 || port > 65_535) {
      client.end("HTTP/1.1 400 this is no HOST:PORT\r\n\r\n");
    } else if (local === undefined && endpoints.test(hostName)) {
      client.end(`HTTP/1.1 502 this local world has no cluster at ${hostName}\r\n\r\n`);
    } else if (enter) {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) client.unshift(head);
      enter(client);
    } else {
      const server = local === undefined ? connect(port, hostName) : connect(local, "127.0.0.1");
      keep(server);
      join(client, server, head);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://local:${token}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Lets both speak as soon as the server is there; the end of one is the end of the other. */
function join(client: Socket, server: Socket, head: Buffer): void {
  server.once("connect", () => {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) server.write(head);
    client.pipe(server).pipe(client);
  });
  server.once("close", () => client.destroy());
  client.once("close", () => server.destroy());
}
