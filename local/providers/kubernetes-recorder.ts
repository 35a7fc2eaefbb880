import type { Cloud } from "../cloud/cloud";
import { Ledger } from "../cloud/ledger";
import type { Values } from "../cloud/rules/shape";
import { changesOf } from "./kubernetes/changes";
import { replacedBy, version } from "./kubernetes/configuration";
import { idOf, kindOfToken, metadataOf, releaseKind, textOf } from "./kubernetes/identity";
import { releaseChanges } from "./kubernetes/releases/release-changes";
import type { CheckResult, Difference, Found, Made, Package, Provider, State, Subject } from "./provider";

interface Recorded {
  readonly cluster: string;
  readonly kind: string;
  readonly id: string;
  readonly object: Values;
}

/**
 * The `kubernetes` package at plan level: it records what would be applied to which cluster, and applies nothing.
 * No admission, no scheduling, no readiness: an object that a real API server would refuse is recorded all the same.
 */
export function kubernetesRecorder(cloud: Cloud, file?: string) {
  const records = new Ledger<Recorded>(file);
  return {
    name: "kubernetes",
    version,
    configure: (config: Values) => new Recorder(cloud, records, textOf(config["clusterIdentifier"])),
    replacedBy,
  } satisfies Package;
}

class Recorder implements Provider {
  constructor(
    private readonly cloud: Cloud,
    private readonly records: Ledger<Recorded>,
    private readonly cluster: string,
  ) {}

  check(subject: Subject, inputs: Values): CheckResult {
    const release = subject.kind === releaseKind;
    const property = release ? "name" : "metadata.name";
    const failures =
      nameIn(subject, inputs)["name"] === undefined ? [{ property, reason: "it is required" }] : [];
    return { inputs: release ? inputs : { ...inputs, ...kindOfToken(subject.kind) }, failures };
  }

  diff(subject: Subject, old: { inputs: Values }, inputs: Values): Difference {
    if (subject.kind === releaseKind) return releaseChanges(old.inputs, inputs);
    const identity = ["metadata.name", "metadata.namespace"];
    const changes = changesOf(old.inputs, inputs, ({ steps }) => identity.includes(steps.join(".")));
    return { changes, deleteBeforeReplace: true };
  }

  preview(_subject: Subject, inputs: Values, old?: State): Values {
    return { ...old?.outputs, ...inputs };
  }

  create(subject: Subject, inputs: Values): Promise<Made> {
    this.refuseUnreachable();
    const id = idOf({ metadata: nameIn(subject, inputs) });
    if (this.records.get(this.key(subject, id))) {
      throw new Error(`${subject.kind} "${id}" already exists`);
    }
    this.put(subject, id, inputs);
    return Promise.resolve({ id, outputs: inputs });
  }

  update(subject: Subject, id: string, inputs: Values): Promise<Values> {
    this.refuseUnreachable();
    this.put(subject, id, inputs);
    return Promise.resolve(inputs);
  }

  remove(subject: Subject, id: string): Promise<void> {
    this.refuseUnreachable();
    this.records.remove(this.key(subject, id));
    return Promise.resolve();
  }

  read(subject: Subject, id: string, state: { inputs: Values }): Promise<Found | undefined> {
    this.refuseUnreachable();
    const found = this.records.get(this.key(subject, id));
    return Promise.resolve(
      found && { id, inputs: { ...state.inputs, ...found.object }, outputs: found.object },
    );
  }

  private put(subject: Subject, id: string, object: Values): void {
    this.records.put(this.key(subject, id), { cluster: this.cluster, kind: subject.kind, id, object });
  }

  private key(subject: Subject, id: string): string {
    return `${this.cluster} ${subject.kind} ${id}`;
  }

  private refuseUnreachable(): void {
    if (this.cloud.list("container/cluster:Cluster", this.cluster).some(({ id }) => id === this.cluster))
      return;
    throw new Error(
      "configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove its resources from " +
        "the state: destroy --refresh with PULUMI_K8S_DELETE_UNREACHABLE=true",
    );
  }
}

/** The block that a thing's name and namespace are in: a release has them among its other inputs. */
function nameIn(subject: Subject, inputs: Values): Values {
  return subject.kind === releaseKind ? inputs : metadataOf(inputs);
}
