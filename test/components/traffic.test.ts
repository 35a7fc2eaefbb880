/** What the policies say, one by one. What they allow together is in test/environments/flows. */
import { expect } from "chai";

import { loadBalancerFirewallArgs } from "../../components/network";
import { networkPolicies, type Traffic } from "../../components/traffic";

const none: Traffic = { inside: false, internetPorts: [], loadBalanced: false, scraped: false };
const policies = (traffic: Partial<Traffic> = {}) => networkPolicies({ ...none, ...traffic });

describe("the traffic of a namespace", () => {
  it("is none, but for names and tokens", () => {
    expect(policies()).to.have.all.keys("deny-all", "allow-dns", "allow-metadata-server");
    expect(policies()["deny-all"]).to.deep.equal({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("has one policy for each reason", () => {
    const reasons: readonly [Partial<Traffic>, string][] = [
      [{ inside: true }, "allow-inside"],
      [{ internetPorts: [443] }, "allow-internet"],
      [{ loadBalanced: true }, "allow-load-balancers"],
      [{ scraped: true }, "allow-metrics"],
      [{ database: "10.0.4.9" }, "allow-database"],
    ];
    for (const [traffic, name] of reasons) {
      const added = Object.keys(policies(traffic)).filter((policy) => !(policy in policies()));
      expect(added).to.deep.equal([name]);
    }
  });

  it("is a matter of every pod: each policy is for all of them and says which directions it is about", () => {
    const all = Object.values(
      policies({
        inside: true,
        internetPorts: [443],
        loadBalanced: true,
        scraped: true,
        database: "10.0.4.9",
      }),
    );
    expect(all).to.have.length(8);
    for (const { podSelector, policyTypes, ingress, egress } of all) {
      expect(podSelector).to.deep.equal({});
      expect(policyTypes).to.not.have.length(0);
      if (ingress) expect(policyTypes).to.include("Ingress");
      if (egress) expect(policyTypes).to.include("Egress");
    }
  });

  it("from load balancers is what the firewall of the network lets through", () => {
    const [rule] = policies({ loadBalanced: true })["allow-load-balancers"]?.ingress as {
      from: { ipBlock: { cidr: string } }[];
      ports: { port: number; endPort: number }[];
    }[];
    const { sourceRanges, allows } = loadBalancerFirewallArgs();
    expect(rule?.from.map(({ ipBlock }) => ipBlock.cidr)).to.deep.equal(sourceRanges);
    expect(rule?.ports.map(({ port, endPort }) => `${port}-${endPort}`)).to.deep.equal(
      allows.flatMap(({ ports }) => ports),
    );
  });
});
