/** That the queries say what they should is asked of the engine of Prometheus in test/local/promql. */
import { expect } from "chai";

import { badRatio, failedCalls, fastCalls, restarts, selector } from "../../components/service-metrics";
import { latencyBuckets } from "../../config/service";
import { watched } from "../support/watched";

const within = (milliseconds: (typeof latencyBuckets)[number]) =>
  watched({ objectives: { availability: 99.9, latency: { milliseconds, percent: 99 } } });

describe("the metrics of a service", () => {
  it("are told from those of others by namespace and job", () => {
    expect(selector(watched(), "up", 'pod="a"')).to.equal('up{namespace="staging",job="billing",pod="a"}');
  });

  it("count only 5xx as failures, and no call of a probe", () => {
    expect(badRatio(failedCalls(watched()), "5m").split(" / ")).to.deep.equal([
      'sum(rate(http_requests_total{namespace="staging",job="billing",route!~"/health(/.*)?|/metrics",code=~"5.."}[5m]))',
      'sum(rate(http_requests_total{namespace="staging",job="billing",route!~"/health(/.*)?|/metrics"}[5m]))',
    ]);
  });

  it("name the bucket of an objective in seconds, whole ones in both ways they are written", () => {
    const bounds = latencyBuckets.map(
      (milliseconds) => /,(le.*)\}/.exec(fastCalls(within(milliseconds))("rate", "5m"))?.[1],
    );
    expect(bounds).to.deep.equal([
      'le="0.005"',
      'le="0.01"',
      'le="0.025"',
      'le="0.05"',
      'le="0.1"',
      'le="0.25"',
      'le="0.5"',
      'le=~"1([.]0)?"',
      'le="2.5"',
      'le=~"5([.]0)?"',
      'le=~"10([.]0)?"',
    ]);
  });

  it("find restarts by the names that a Deployment gives its pods", () => {
    const pods = new RegExp(`^${/pod_name=~"([^"]+)"/.exec(restarts(watched()))?.[1]}$`);
    expect("billing-5f6d8c7b9-x7v2p").to.match(pods);
    expect("billing-export-5f6d8c7b9-x7v2p").not.to.match(pods);
  });
});
