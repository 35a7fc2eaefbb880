/** Everything that is found by an index is what a look at every single resource finds, in the same order. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { textsIn } from "../../../local/cloud/fields";
import { keyOf, Resources, type Tie } from "../../../local/cloud/resources";
import { rules } from "../../../local/cloud/rules";
import { pathOf } from "../../../local/cloud/rules/read";
import type { Reference, Resource, Values } from "../../../local/cloud/rules/shape";

const network = "compute/network:Network";
const subnetwork = "compute/subnetwork:Subnetwork";
const router = "compute/router:Router";
const nat = "compute/routerNat:RouterNat";
const pool = "container/nodePool:NodePool";
const account = "serviceaccount/account:Account";

/** Kinds that refer to each other in all three ways: to hold, as a part, and by another output than the name. */
const kinds = [network, subnetwork, router, nat, pool, account];
const projects = ["acme-one", "acme-two"];
const names = ["main", "other"];

const idOf = (kind: string, project: string, name: string) => `projects/${project}/${kind}/${name}`;
/** As with a cluster in one zone, the link to a router is not its id behind a host. */
const linkOf = (id: string) => `https://www.googleapis.com/compute/v1/${id.replace(router, "routers")}`;
const emailOf = (project: string, name: string) => `${name}@${project}.iam.gserviceaccount.com`;

/** A reference in every form that it may have, and one to nothing. */
const reference = (kind: string) =>
  fc
    .tuple(fc.constantFrom(...projects), fc.constantFrom(...names), fc.nat(4))
    .map(
      ([project, name, form]) =>
        [
          idOf(kind, project, name),
          linkOf(idOf(kind, project, name)),
          name,
          emailOf(project, name),
          `projects/${project}/gone`,
        ][form] ?? "",
    );

const inputsOf = (kind: string, name: string): fc.Arbitrary<Values> => {
  if (kind === subnetwork || kind === router)
    return reference(network).map((said) => ({ name, network: said }));
  if (kind === nat) return reference(router).map((said) => ({ name, router: said }));
  if (kind === pool) {
    return reference(account).map((said) => ({ name, nodeConfig: { serviceAccount: said } }));
  }
  return fc.constant({ name });
};

const resource: fc.Arbitrary<Resource> = fc
  .tuple(
    fc.constantFrom(...kinds),
    fc.constantFrom(...projects),
    fc.constantFrom(...names),
    fc.constantFrom("creating" as const, "ready" as const, "deleting" as const),
  )
  .chain(([kind, project, name, status]) =>
    inputsOf(kind, name).map((inputs) => {
      const id = idOf(kind, project, name);
      const outputs = { selfLink: linkOf(id), ...(kind === account && { email: emailOf(project, name) }) };
      const state: Values = status === "creating" ? {} : { ...outputs, ...inputs };
      return { kind, project, id, inputs, state, status };
    }),
  );

const change = fc.record({ put: fc.boolean(), resource });

/** The same questions, answered by a look at everything. */
class Everything {
  private readonly all = new Map<string, Resource>();

  put(resource: Resource) {
    this.all.set(keyOf(resource), resource);
  }

  remove(resource: Resource) {
    this.all.delete(keyOf(resource));
  }

  list(kind?: string, text?: string) {
    return [...this.all.values()]
      .filter((one) => one.status !== "deleting")
      .filter((one) => kind === undefined || one.kind === kind)
      .filter((one) => text === undefined || this.hasText(one, text));
  }

  find(reference: Reference, value: string, project: string) {
    for (const kind of reference.kinds) {
      const byId = this.all.get(keyOf({ kind, project, id: value }));
      if (byId && byId.status !== "deleting") return byId;
      const found = this.list(kind).find((one) => this.means(value, one, reference, project));
      if (found) return found;
    }
    return undefined;
  }

  tiedTo(target: Resource, tie: Tie) {
    return this.list().filter((one) =>
      this.references(one).some(
        ({ reference, value }) =>
          reference[tie] &&
          reference.kinds.includes(target.kind) &&
          this.means(value, target, reference, one.project),
      ),
    );
  }

  alsoReferring(kind: string, { kinds, ...how }: Reference, value: string, project: string) {
    const meant = (said: string, from: string, reference: Reference) =>
      this.find(reference, said, from)?.id ?? pathOf(said);
    return this.list(kind).filter((one) =>
      this.references(one).some(
        ({ reference, value: said }) =>
          reference.kinds.some((known) => kinds.includes(known)) &&
          meant(said, one.project, reference) === meant(value, project, { kinds, ...how }),
      ),
    );
  }

  private hasText({ kind, id, inputs, state }: Resource, text: string) {
    const given = textsIn(rules.get(kind)?.inputs ?? {}, inputs).map(({ value }) => value);
    return [id, ...given, ...Object.values(state)].includes(text);
  }

  private references({ kind, inputs }: Resource) {
    return textsIn(rules.get(kind)?.inputs ?? {}, inputs).flatMap(({ field, value }) =>
      field.reference ? [{ reference: field.reference, value }] : [],
    );
  }

  private means(value: string, { id, state, project }: Resource, { by, short }: Reference, from: string) {
    return (
      pathOf(value) === id ||
      value === state["selfLink"] ||
      (by !== undefined && value === state[by]) ||
      (project === from && value === state["name"]) ||
      (project === from && short !== undefined && value === state[short])
    );
  }
}

/** Every answer that the two can give about these resources. */
function answers(from: Resources | Everything, all: readonly Resource[]) {
  const texts = [
    ...new Set(all.flatMap(({ id, project, state }) => [id, linkOf(id), project, ...Object.values(state)])),
  ].filter((text) => typeof text === "string");
  const references = [
    { kinds: [network] },
    { kinds: [router], partOf: true },
    { kinds: [account], by: "email" },
    { kinds: [account], short: "email" },
    { kinds: [account, network] },
  ];
  const ids = (found: readonly Resource[]) => found.map(keyOf);
  return {
    everything: from.list(),
    kinds: kinds.map((kind) => ids(from.list(kind))),
    texts: kinds.map((kind) => texts.map((text) => ids(from.list(kind, text)))),
    meant: references.map((reference) =>
      projects.map((project) => texts.map((text) => from.find(reference, text, project)?.id)),
    ),
    ties: all.map((one) => [ids(from.tiedTo(one, "holds")), ids(from.tiedTo(one, "partOf"))]),
    also: references.map((reference) =>
      [subnetwork, nat, pool].map((kind) =>
        texts.map((text) => ids(from.alsoReferring(kind, reference, text, "acme-one"))),
      ),
    ),
  };
}

describe("the resources of a cloud", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-resources-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("are found as by a look at every one, whatever came, changed and went, and after a new start", () => {
    let run = 0;
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const file = join(folder, `${(run += 1)}.jsonl`);
        const indexed = new Resources(file);
        const everything = new Everything();
        for (const { put, resource } of changes) {
          for (const one of [indexed, everything]) {
            if (put) one.put(resource);
            else one.remove(resource);
          }
        }
        const all = [...new Map(changes.map(({ resource }) => [keyOf(resource), resource])).values()];
        const expected = answers(everything, all);
        expect(answers(indexed, all)).to.deep.equal(expected);
        expect(answers(new Resources(file), all)).to.deep.equal(expected);
      }),
      // Shrinking a failure asks thousands of questions.
      { numRuns: 60, interruptAfterTimeLimit: 10_000 },
    );
  });
});
