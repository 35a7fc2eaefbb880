/** The way to the DNS endpoints of clusters that are on this machine. */
import { connect, createServer, type AddressInfo, type Server } from "node:net";

import { expect } from "chai";

import { type EndpointProxy, serveEndpointProxy } from "../../../../local/gke/access/endpoint-proxy";

describe("the proxy of the DNS endpoints", () => {
  let proxy: EndpointProxy;
  let behind: Server;

  const portOfBehind = () => (behind.address() as AddressInfo).port;
  /** What comes back for a CONNECT and a greeting after it. */
  const through = (target: string, { url } = proxy) =>
    new Promise<string>((resolve, reject) => {
      const { port, username, password } = new URL(url);
      const proof = Buffer.from(`${username}:${password}`).toString("base64");
      const socket = connect(Number(port), "127.0.0.1", () => {
        socket.write(`CONNECT ${target} HTTP/1.1\r\nProxy-Authorization: Basic ${proof}\r\n\r\n`);
      });
      let text = "";
      socket
        .setEncoding("utf8")
        .on("data", (part: string) => {
          text += part;
          if (text.endsWith("established\r\n\r\n")) socket.write("hello");
          if (text.endsWith("hello back")) socket.end();
        })
        .once("error", reject)
        .once("close", () => resolve(text));
    });

  before(async () => {
    behind = createServer((socket) => socket.on("data", (data) => socket.write(`${data.toString()} back`)));
    await new Promise<void>((resolve) => behind.listen(0, "127.0.0.1", resolve));
    proxy = await serveEndpointProxy(
      (host) => (host === "gke-1.europe-west1.gke.goog" ? portOfBehind() : undefined),
      (host) =>
        host === "in-this-process.example"
          ? (socket) =>
              socket
                .on("data", (data) => socket.write(`${data.toString()} back`))
                .on("end", () => socket.end())
                .resume()
          : undefined,
    );
  });
  after(async () => {
    await proxy.close();
    behind.close();
  });

  it("leads to the cluster behind a name", async () => {
    expect(await through("gke-1.europe-west1.gke.goog:443")).to.match(/^HTTP\/1.1 200 .*\r\n\r\nhello back$/);
  });

  it("hands a connection over to what has no port", async () => {
    expect(await through("in-this-process.example:443")).to.match(/^HTTP\/1.1 200 .*\r\n\r\nhello back$/);
  });

  it("never asks Google for a cluster that is not here", async () => {
    expect(await through("gke-2.europe-west1.gke.goog:443")).to.match(
      /^HTTP\/1.1 502 .* no cluster at gke-2/,
    );
  });

  it("passes on what is no cluster, such as a registry of charts", async () => {
    expect(await through(`127.0.0.1:${portOfBehind()}`)).to.match(/hello back$/);
  });

  it("opens nothing for who does not have its address with the token", async () => {
    const url = proxy.url.replace(/:[0-9a-f]+@/, ":guess@");
    expect(await through("gke-1.europe-west1.gke.goog:443", { ...proxy, url })).to.match(/^HTTP\/1.1 407 /);
  });

  it("refuses what is no host and port, and goes on", async () => {
    for (const target of ["x:99999", "x:0", "x", "x:y"]) {
      expect(await through(target), target).to.match(/^HTTP\/1.1 400 /);
    }
    expect(await through("gke-1.europe-west1.gke.goog:443")).to.match(/hello back$/);
  });

  it("closes what is still open when it is closed", async () => {
    const other = await serveEndpointProxy(() => undefined);
    const socket = connect(Number(new URL(other.url).port), "127.0.0.1", () =>
      socket.write("CONNECT gke-1.europe-west1.gke.goog:443 HTTP/1.1\r\n\r\n"),
    );
    socket.on("end", () => socket.end()).resume();
    await new Promise((resolve) => socket.once("data", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await other.close();
    await closed;
  });
});
