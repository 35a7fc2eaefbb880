/** Does not prove that a cluster of this size has enough addresses for what services will need. */
import { expect } from "chai";
import fc from "fast-check";

import { addressRanges, isSlice, longLivedSlices, nodesThatFit, popupSlices } from "../../config/addresses";
import { clusteredSettings, clusteredStacks } from "../support/settings";

interface Block {
  readonly label: string;
  readonly first: number;
  readonly size: number;
}

function block(label: string, cidr: string): Block {
  const [address = "", length = ""] = cidr.split("/");
  const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { label, first, size: 2 ** (32 - Number(length)) };
}

const popups = Array.from({ length: popupSlices }, (_, index) => `popup-${index}`);
const slices = [...longLivedSlices, ...popups];
const blocks = slices.flatMap((slice) => {
  const { nodes, pods } = addressRanges(slice);
  return [block(`${slice} nodes`, nodes), block(`${slice} pods`, pods)];
});

describe("the address plan", () => {
  it("has a slice for each long-lived stack and 128 pop-ups", () => {
    expect(longLivedSlices).to.have.members(["ci", "staging", "production"]);
    expect(popupSlices).to.equal(128);
    expect(slices.filter((slice) => !isSlice(slice))).to.deep.equal([]);
  });

  it("gives no address to two slices", () => {
    const sorted = [...blocks].sort((a, b) => a.first - b.first);
    const overlaps = sorted.flatMap((next, index) => {
      const previous = sorted[index - 1];
      return previous && previous.first + previous.size > next.first
        ? [`${previous.label} / ${next.label}`]
        : [];
    });
    expect(overlaps).to.deep.equal([]);
  });

  it("starts every range at a multiple of its size, as Google demands", () => {
    expect(blocks.filter(({ first, size }) => first % size !== 0).map(({ label }) => label)).to.deep.equal(
      [],
    );
  });

  it("stays inside 10.0.0.0/8", () => {
    const whole = block("all", "10.0.0.0/8");
    const outside = blocks.filter(
      ({ first, size }) => first < whole.first || first + size > whole.first + whole.size,
    );
    expect(outside.map(({ label }) => label)).to.deep.equal([]);
  });

  it("gives a pop-up room for 28 nodes and endpoints, and pods for 32 nodes of 32", () => {
    // Google keeps four addresses of a subnet, and gives each node twice its maximum of pods.
    const sizes = popups.map(addressRanges).map(({ nodes, pods }) => ({
      nodes: block("", nodes).size - 4,
      podNodes: block("", pods).size / 64,
    }));
    expect(sizes).to.deep.equal(popups.map(() => ({ nodes: 28, podNodes: 32 })));
  });

  const room: [slice: string, podsPerNode: number, nodes: number, why: string][] = [
    ["production", 110, 256, "a /16 in blocks of 256"],
    ["production", 64, 512, "a /16 in blocks of 128"],
    ["production", 32, 1016, "a /22 of nodes without those that Google keeps and those left for endpoints"],
    ["staging", 110, 128, "a /17 in blocks of 256"],
    ["ci", 32, 512, "a /17 in blocks of 64"],
    ["popup-0", 32, 24, "a /27 of nodes without those that Google keeps and those left for endpoints"],
    ["popup-127", 64, 16, "a /21 in blocks of 128"],
    ["popup-127", 110, 8, "a /21 in blocks of 256"],
  ];
  for (const [slice, podsPerNode, nodes, why] of room) {
    it(`has room in ${slice} for ${nodes} nodes of ${podsPerNode} pods: ${why}`, () => {
      expect(nodesThatFit(slice, podsPerNode)).to.equal(nodes);
    });
  }

  it("never changes under a stack that lives: a changed range replaces its cluster", () => {
    expect(longLivedSlices.map((slice) => [slice, addressRanges(slice)])).to.deep.equal([
      ["production", { nodes: "10.0.0.0/22", pods: "10.16.0.0/16" }],
      ["staging", { nodes: "10.0.4.0/22", pods: "10.17.0.0/17" }],
      ["ci", { nodes: "10.0.8.0/22", pods: "10.17.128.0/17" }],
    ]);
    expect(addressRanges("popup-0")).to.deep.equal({ nodes: "10.100.0.0/27", pods: "10.104.0.0/21" });
    expect(addressRanges("popup-127")).to.deep.equal({ nodes: "10.100.15.224/27", pods: "10.107.248.0/21" });
  });

  for (const stack of clusteredStacks) {
    it(`holds ${stack} when all its pools are full and each upgrades a node`, () => {
      const { cluster, network } = clusteredSettings(stack);
      const { nodes, pods } = addressRanges(network.addresses);
      const machines = Object.values(cluster.pools).reduce((sum, pool) => sum + pool.maxNodes + 1, 0);
      const perNode = 2 ** Math.ceil(Math.log2(2 * cluster.podsPerNode));
      expect(machines).to.be.at.most(block("", nodes).size - 4);
      expect(machines * perNode).to.be.at.most(block("", pods).size);
    });
  }

  const strangers = ["popup-128", "popup--1", "popup-01", "popup-1.0", "popup-", "popups", "constructor", ""];
  for (const slice of strangers) {
    it(`has no slice called ${JSON.stringify(slice)}`, () => {
      expect(isSlice(slice)).to.equal(false);
      expect(() => addressRanges(slice)).to.throw(RangeError, `no address slice is called "${slice}"`);
      expect(() => nodesThatFit(slice, 32)).to.throw(RangeError, `no address slice is called "${slice}"`);
    });
  }

  it("has no slice of any other name", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !slices.includes(text)),
        (text) => !isSlice(text),
      ),
    );
  });
});
