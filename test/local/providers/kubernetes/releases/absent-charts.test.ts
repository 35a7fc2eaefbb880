/** Which words of Helm's say that nobody answered, and which that somebody did. */
import { expect } from "chai";

import {
  AbsentCharts,
  cannotBeReached,
  reasonIn,
} from "../../../../../local/providers/kubernetes/releases/absent-charts";

const repository = "https://charts.example.com";
const index = `looks like "${repository}" is not a valid chart repository or cannot be reached:`;
const asked = `${index} Get "${repository}/index.yaml":`;

describe("charts that may be absent", () => {
  for (const words of [
    `${asked} dial tcp: lookup charts.example.com on 10.0.0.53:53: no such host`,
    `${asked} dial tcp 192.0.2.1:443: connect: connection refused`,
    `${asked} dial tcp 192.0.2.1:443: i/o timeout`,
    `${asked} dial tcp 192.0.2.1:443: connect: network is unreachable`,
    `${asked} read tcp 10.0.0.2:40000->192.0.2.1:443: read: connection reset by peer`,
    `${asked} net/http: TLS handshake timeout`,
    `${asked} proxyconnect tcp: dial tcp 192.0.2.1:3128: connect: connection refused`,
    `${asked} Forbidden`,
    `${asked} Proxy Authentication Required`,
    "it took too long",
  ]) {
    it(`are when Helm says: ${words.replace(asked, "…")}`, () => {
      expect(cannotBeReached(words)).to.equal(true);
    });
  }

  for (const words of [
    `${index} failed to fetch ${repository}/index.yaml : 401 Unauthorized`,
    `${index} failed to fetch ${repository}/index.yaml : 403 Forbidden`,
    `${index} failed to fetch ${repository}/index.yaml : 503 Service Unavailable`,
    `${asked} tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    `chart "web" version "9.9.9" not found in ${repository} repository`,
    `chart "web" matching 9.9.9 not found in web index. (try 'helm repo update'): no chart version found for web-9.9.9`,
  ]) {
    it(`are not when somebody answered: ${words.replace(index, "…")}`, () => {
      expect(cannotBeReached(words)).to.equal(false);
    });
  }

  it("are known by their repository and their name there, both as they stand", () => {
    const absent = new AbsentCharts([{ repository, chart: "web" }]);
    const allows = (chart: string, repo?: string) =>
      absent.allows({ chart, ...(repo !== undefined && { repositoryOpts: { repo } }) });
    expect(allows("web", repository)).to.equal(true);
    expect([
      allows("other", repository),
      allows("web", "https://charts.example.org"),
      allows("web", `${repository}/mine`),
      allows("web"),
      allows("oci://charts.example.com/web", repository),
    ]).to.deep.equal([false, false, false, false, false]);
  });

  it("are remembered by themselves: what else the repository has is asked for", () => {
    const absent = new AbsentCharts([{ repository, chart: "web" }]);
    const repositoryOpts = { repo: repository };
    absent.remember({ chart: "web", repositoryOpts }, "no such host");
    expect(absent.recent({ chart: "web", repositoryOpts })).to.equal("no such host");
    expect(absent.recent({ chart: "other", repositoryOpts })).to.equal(undefined);
  });

  it("are asked for again after a minute", () => {
    const absent = new AbsentCharts([{ repository, chart: "web" }]);
    const wanted = { chart: "web", repositoryOpts: { repo: repository } };
    const { now } = Date;
    absent.remember(wanted, "no such host");
    try {
      Date.now = () => now() + 55_000;
      expect(absent.recent(wanted)).to.equal("no such host");
      Date.now = () => now() + 61_000;
      expect(absent.recent(wanted)).to.equal(undefined);
    } finally {
      Date.now = now;
    }
  });

  it("tell why nobody answered without what Helm says round it", () => {
    expect(reasonIn(`${asked} dial tcp: no such host`)).to.equal("dial tcp: no such host");
    expect(reasonIn("it took too long")).to.equal("it took too long");
  });
});
