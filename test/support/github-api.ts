import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A question that came in. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export interface GithubApi {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** Answers as GitHub would, by `answer`: a status, a body, and where the next page is, if there is one. */
export async function githubApi(
  answer: (asked: Asked) => readonly [status: number, body: unknown, next?: string],
): Promise<GithubApi> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString();
      const one = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
      };
      asked.push(one);
      const [status, body, next] = answer(one);
      const link = next?.startsWith("/") ? `http://${one.headers.host}${next}` : next;
      response
        .writeHead(status, {
          "content-type": "application/json",
          ...(link !== undefined && { link: `<${link}>; rel="next"` }),
        })
        .end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
