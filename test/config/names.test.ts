/** Does not prove that Google's limits are as written; they are quoted in config/names.ts. */
import { expect } from "chai";
import fc from "fast-check";

import {
  hostName,
  nameLimits,
  physicalName,
  poolName,
  shorten,
  suffixBytes,
  suffixedName,
  versionedName,
  type NameKind,
} from "../../config/names";
import { isPopup } from "../../config/stacks";

/** What Google accepts, whole names with their random or hashed ending. */
const patterns: Record<NameKind, RegExp> = {
  cluster: /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/,
  nodePool: /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/,
  serviceAccount: /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/,
  network: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  publicName: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  key: /^[a-zA-Z0-9_-]{1,63}$/,
  sqlInstance: /^[a-z]([-a-z0-9]{0,65}[a-z0-9])?$/,
  cache: /^[a-z][-a-z0-9]{2,61}[a-z0-9]$/,
  secret: /^[a-zA-Z0-9_-]{1,255}$/,
  backupPlan: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
};
const kinds = Object.keys(patterns) as NameKind[];

const stack = fc.oneof(
  fc.constantFrom("ci", "staging", "production", "deployer"),
  fc.stringMatching(/^popup-[a-z][a-z0-9]{1,13}[a-z0-9]$/),
);
const word = fc.stringMatching(/^[a-z][a-z0-9-]{1,60}[a-z0-9]$/);
const parts = fc.tuple(stack, word);

/** Names as the program allows them: words with single dashes between them. */
const segment = fc.stringMatching(/^[a-z][a-z0-9]{0,4}$/);
const dashed = (longest: number) =>
  fc
    .array(segment, { minLength: 1, maxLength: 5 })
    .map((segments) => segments.join("-"))
    .filter((name) => name.length <= longest);
const popupStack = dashed(16)
  .map((name) => `popup-${name}`)
  .filter(isPopup);
const service = fc.oneof(fc.constantFrom("nodes", "migrator"), dashed(20));

const hex = fc.stringMatching(new RegExp(`^[0-9a-f]{${2 * suffixBytes}}$`));

describe("physical names", () => {
  it("are at most as long as Google allows for each kind", () => {
    expect(nameLimits).to.deep.equal({
      cluster: 40,
      nodePool: 40,
      serviceAccount: 28,
      network: 63,
      publicName: 63,
      key: 63,
      sqlInstance: 67,
      cache: 63,
      secret: 255,
      backupPlan: 63,
    });
  });

  it("leave a Cloud SQL instance room for the longest project before it", () => {
    const longestProject = 30;
    expect(longestProject + ":".length + nameLimits.sqlInstance).to.equal(98);
  });

  it("leave a service account that logs in to PostgreSQL room for the longest project behind it", () => {
    const longest = `${"a".repeat(nameLimits.serviceAccount)}@${"p".repeat(30)}.iam`;
    expect(longest).to.have.length(63);
  });

  for (const kind of ["serviceAccount", "cache"] as const) {
    it(`give no two services of pop-ups in one project the same ${kind}`, () => {
      const named = ([stack, name]: readonly [string, string]) => physicalName(kind, stack, name);
      const pairs = fc.tuple(fc.tuple(popupStack, service), fc.tuple(popupStack, service));
      fc.assert(
        fc.property(pairs, ([one, other]) => {
          fc.pre(one.join(" ") !== other.join(" "));
          expect(named(one)).not.to.equal(named(other));
        }),
        { numRuns: 1000 },
      );
    });
  }

  it("keep the secrets of all services of all pop-ups apart, whatever dashes a secret's own name has", () => {
    const secret = fc.stringMatching(/^[a-z][a-z-]{0,8}[a-z]$/);
    const id = (of: readonly string[]) => physicalName("secret", ...of);
    const pair = fc.tuple(fc.tuple(popupStack, service, secret), fc.tuple(popupStack, service, secret));
    fc.assert(
      fc.property(pair, ([one, other]) => {
        fc.pre(one.join(" ") !== other.join(" "));
        expect(id(one)).not.to.equal(id(other));
      }),
      { numRuns: 1000 },
    );
    expect(id(["popup-a", "b-c", "key"])).not.to.equal(id(["popup-a-b", "c", "key"]));
    expect(id(["popup-a", "b", "c--key"])).not.to.equal(id(["popup-a", "b-c", "key"]));
  });

  it("keep pop-up and service apart wherever the dash between them could be", () => {
    const cuts = fc
      .tuple(fc.array(segment, { minLength: 3, maxLength: 6 }), fc.nat(), fc.nat())
      .map(([segments, first, second]) =>
        [first, second].map((at) => {
          const cut = 1 + (at % (segments.length - 1));
          return [`popup-${segments.slice(0, cut).join("-")}`, segments.slice(cut).join("-")] as const;
        }),
      )
      .filter((pair) => pair.every(([stack, name]) => isPopup(stack) && name.length <= 20))
      .filter(([one, other]) => one?.[0] !== other?.[0]);
    fc.assert(
      fc.property(cuts, (pair) => {
        const accounts = pair.map(([stack, name]) => physicalName("serviceAccount", stack, name));
        expect(accounts[0]).not.to.equal(accounts[1]);
      }),
      { numRuns: 1000 },
    );
  });

  for (const kind of kinds) {
    it(`match what Google accepts as ${kind}, however long the parts are`, () => {
      fc.assert(
        fc.property(parts, (given) => {
          expect(physicalName(kind, ...given)).to.match(patterns[kind]);
        }),
      );
    });

    it(`match what Google accepts as ${kind} with the random part behind them`, () => {
      fc.assert(
        fc.property(parts, hex, (given, suffix) => {
          expect(`${suffixedName(kind, ...given)}-${suffix}`).to.match(patterns[kind]);
        }),
      );
    });

    it(`are never the same for two different things of kind ${kind}`, () => {
      // One long beginning for both, so that nearly all pairs are cut.
      const pair = fc.tuple(word, word, word).filter(([, a, b]) => a !== b);
      fc.assert(
        fc.property(pair, ([beginning, a, b]) => {
          const long = `${beginning}-${"x".repeat(60)}`;
          expect(physicalName(kind, long, a)).not.to.equal(physicalName(kind, long, b));
          expect(suffixedName(kind, long, a)).not.to.equal(suffixedName(kind, long, b));
        }),
      );
    });
  }

  it("stay readable when they fit", () => {
    expect(physicalName("serviceAccount", "staging", "billing")).to.equal("staging--billing");
    expect(suffixedName("cluster", "staging", "main")).to.equal("staging-main");
  });

  it("keep their beginning when they do not fit", () => {
    expect(physicalName("serviceAccount", "popup-a-long-name", "authentication")).to.match(
      /^popup-a-long-name--au-[0-9a-f]{6}$/,
    );
    expect(physicalName("serviceAccount", "popup-a-long-name-x", "authentication")).to.match(
      /^popup-a-long-name-x-[0-9a-f]{6}$/,
    );
  });

  it("fit exactly at the limit and are cut one character above it", () => {
    expect(shorten("a".repeat(30), 30)).to.equal("a".repeat(30));
    expect(shorten("a".repeat(31), 30)).to.match(/^a{23}-[0-9a-f]{6}$/);
  });

  it("never have two dashes where they were cut", () => {
    expect(shorten(`${"a".repeat(22)}-${"b".repeat(20)}`, 30)).to.match(/^a{22}-[0-9a-f]{6}$/);
  });
});

describe("names of node pools", () => {
  const fields = { spot: true, serviceAccount: "nodes@acme.iam.gserviceaccount.com" };

  it("match what Google accepts, with the hash behind them", () => {
    fc.assert(
      fc.property(word, fc.jsonValue(), (pool, replacing) => {
        expect(poolName([pool], replacing)).to.match(patterns.nodePool);
      }),
    );
  });

  it("are the same for the same fields in every run", () => {
    expect(poolName(["services"], fields)).to.equal(poolName(["services"], { ...fields }));
  });

  it("differ as soon as one field does", () => {
    expect(poolName(["services"], fields)).not.to.equal(poolName(["services"], { ...fields, spot: false }));
  });
});

describe("names that change with what they are for", () => {
  for (const kind of kinds) {
    it(`match what Google accepts as ${kind}, however long the parts are`, () => {
      fc.assert(
        fc.property(parts, fc.jsonValue(), (given, replacing) => {
          expect(versionedName(kind, given, replacing)).to.match(patterns[kind]);
        }),
      );
    });
  }

  it("are the same for the same, and others for others", () => {
    const name = (domain: string) => versionedName("publicName", ["staging", "certificate"], domain);
    expect(name("a.example")).to.equal(name("a.example"));
    expect(name("a.example")).not.to.equal(name("b.example"));
    expect(name("a.example")).to.match(/^staging-certificate-[0-9a-f]{8}$/);
  });
});

describe("names of hosts", () => {
  const of = { host: "api", domain: "staging.acme.example", stack: "staging", shared: false };

  it("are one label below the domain of an environment", () => {
    expect(hostName(of)).to.equal("api.staging.acme.example");
  });

  it("are one label below a domain that stacks share, with the stack in it", () => {
    expect(hostName({ ...of, domain: "popups.acme.example", stack: "popup-x", shared: true })).to.equal(
      "api-popup-x.popups.acme.example",
    );
  });

  it("are labels as the internet takes them, however long host and stack are", () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
    fc.assert(
      fc.property(label, stack, fc.boolean(), (host, of, shared) => {
        const [first, ...rest] = hostName({ host, domain: "a.example", stack: of, shared }).split(".");
        expect(first).to.match(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
        expect(rest).to.deep.equal(["a", "example"]);
      }),
    );
  });

  it("tell two hosts of one stack apart, however long they are", () => {
    const long = "h".repeat(60);
    const name = (host: string) => hostName({ ...of, host, stack: "popup-x", shared: true });
    expect(name(`${long}a`)).not.to.equal(name(`${long}b`));
  });
});
