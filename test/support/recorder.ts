import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

import { stackConfig } from "./settings";

/** A value that reaches the engine marked as secret. */
export class Secret {
  constructor(readonly secret: unknown) {}
}

/** Stands where a preview does not know a value yet. */
export const unknown = "(unknown)";

type Values = Readonly<Record<string, unknown>>;

/** One resource as the program asked the engine for it. */
export interface Registration {
  /** As the engine builds it: with the types of all parents. */
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Plain values; `Secret` round what is marked so, `unknown` for what a preview cannot know. */
  readonly inputs: Values;
  readonly parent: string | undefined;
  /** With what is inherited from parents. */
  readonly protect: boolean;
  readonly dependencies: readonly string[];
  /** URNs that each input was computed from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges: readonly string[];
  /** Undefined where the provider may decide. */
  readonly deleteBeforeReplace: boolean | undefined;
  readonly deletedWith: string | undefined;
  readonly retainOnDelete: boolean;
  readonly customTimeouts: Readonly<Record<string, string>>;
  /** `URN::ID`; undefined means a default provider. */
  readonly provider: string | undefined;
  readonly additionalSecretOutputs: readonly string[];
}

/** Everything a piece of program asked for, in the order in which it did. */
export class Recording {
  constructor(
    readonly registrations: readonly Registration[],
    /** What was registered as outputs, by URN. */
    readonly outputs: ReadonlyMap<string, Values>,
  ) {}

  /** Every resource of a type. */
  all(type: string): Registration[] {
    return this.registrations.filter((registration) => registration.type === type);
  }

  /** The one resource of a type, or of a type and name. */
  one(type: string, name?: string): Registration {
    const found = this.all(type).filter((registration) => name === undefined || registration.name === name);
    if (found.length !== 1 || !found[0]) {
      throw new Error(`${found.length} resources are ${type} ${name ?? ""}; one was expected`);
    }
    return found[0];
  }

  at(urn: string | undefined): Registration {
    const found = this.registrations.find((registration) => registration.urn === urn);
    if (!found) throw new Error(`nothing is registered as ${urn}`);
    return found;
  }

  /** `type name` of each registration that a test picks, sorted. */
  keys(pick: (registration: Registration) => boolean = () => true): string[] {
    return this.registrations
      .filter(pick)
      .map(({ type, name }) => `${type} ${name}`)
      .sort();
  }

  /** URNs of all that has to exist before a resource does, its parents and what they wait for too. */
  prerequisites(urn: string): Set<string> {
    const seen = new Set<string>();
    const visit = (at: string) => {
      const { dependencies, parent } = this.at(at);
      for (const next of parent === undefined ? dependencies : [...dependencies, parent]) {
        if (seen.has(next)) continue;
        seen.add(next);
        visit(next);
      }
    };
    visit(urn);
    return seen;
  }

  /** The committed form: one line a resource, sorted. */
  inventory(): string {
    const lines = this.registrations.map(
      ({ type, name, protect }) => `${type} ${name} ${protect ? "protect" : "-"}\n`,
    );
    return lines.sort().join("");
  }

  /** All of it as text, in an order that does not depend on which promise came first. */
  text(): string {
    const sorted = [...this.registrations].sort((a, b) => (a.urn < b.urn ? -1 : 1));
    return JSON.stringify([sorted, [...this.outputs].sort()], undefined, 1);
  }

  /** What the stack shows to everybody. */
  get stackOutputs(): Values {
    return this.outputs.get(this.one(stackType).urn) ?? {};
  }
}

export interface RecordingOptions {
  /** @default "test" */
  readonly stack?: string;
  /** As `pulumi preview` of a new stack: ids and what the cloud computes are unknown. @default false */
  readonly preview?: boolean;
  /** Called for each registration at once: what was asked for before a failure. */
  readonly onRegistration?: (registration: Registration) => void;
}

export const stackType = "pulumi:pulumi:Stack";
export const isProvider = ({ type }: Registration) => type.startsWith("pulumi:providers:");
export const isCloudResource = (registration: Registration) =>
  registration.custom && !isProvider(registration);

/** The name in a URN. */
export const nameOf = (urn: string | undefined) => urn?.split("::").at(-1);

/** Runs a piece of program and returns all it registers; fails as the program does. */
export async function record(
  program: () => unknown,
  { stack = "test", preview = false, onRegistration }: RecordingOptions = {},
): Promise<Recording> {
  const registrations: Registration[] = [];
  const outputs = new Map<string, Values>();
  await pulumi.runtime.setMocks({ newResource: noMocks, call: noMocks }, "platform", stack, preview);
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  monitor.registerResource = (request, answer) => {
    const registration = registrationOf(request, stack);
    registrations.push(registration);
    onRegistration?.(registration);
    answer(null, responseTo(request, registration, registrations, preview));
  };
  monitor.registerResourceOutputs = (request, answer) => {
    outputs.set(request.getUrn(), plain(request.getOutputs()) as Values);
    answer(null, {});
  };

  const { stackTraceLimit } = Error;
  // Every promise of the SDK keeps a stack trace; without them a recording takes half the time.
  Error.stackTraceLimit = 0;
  try {
    await program();
  } finally {
    // Waits for what was begun, so that nothing of a failed program reaches the next recording.
    await pulumi.runtime.disconnect();
    Error.stackTraceLimit = stackTraceLimit;
  }
  return new Recording(registrations, outputs);
}

/** The whole program, `index.ts`, with the settings that the stack has in its file. */
export async function recordEnvironment(
  stack: string,
  options: Omit<RecordingOptions, "stack"> & { readonly config?: ReturnType<typeof stackConfig> } = {},
): Promise<Recording> {
  const { values, encrypted } = options.config ?? stackConfig(stack);
  pulumi.runtime.setAllConfig({ ...values }, [...encrypted]);
  const load = createRequire(__filename);
  const program = join(__dirname, "..", "..", "index.ts");
  try {
    return await record(
      () =>
        pulumi.runtime.runInPulumiStack(() => {
          // Only the entry runs again; what it is made of keeps nothing between two runs.
          delete load.cache[program];
          return Promise.resolve(load(program));
        }),
      { ...options, stack },
    );
  } finally {
    pulumi.runtime.setAllConfig({});
  }
}

type Answer = (error: Error | null, response: unknown) => void;
interface Monitor {
  registerResource: (request: RegisterResourceRequest, answer: Answer) => void;
  registerResourceOutputs: (request: RegisterResourceOutputsRequest, answer: Answer) => void;
}

function noMocks(): never {
  throw new Error("the program calls a function of a provider, which no preview without credentials can");
}

function registrationOf(request: RegisterResourceRequest, stack: string): Registration {
  const given = request.getCustomtimeouts();
  const timeouts = {
    create: given?.getCreate() ?? "",
    update: given?.getUpdate() ?? "",
    delete: given?.getDelete() ?? "",
  };
  return {
    urn: urnOf(request, stack),
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: plain(request.getObject()) as Values,
    parent: request.getParent() || undefined,
    protect: request.getProtect() ?? false,
    dependencies: request.getDependenciesList().sort(),
    propertyDependencies: Object.fromEntries(
      request
        .getPropertydependenciesMap()
        .toArray()
        .map(([key]) => [key, request.getPropertydependenciesMap().get(key)?.getUrnsList().sort() ?? []]),
    ),
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    deletedWith: request.getDeletedwith() || undefined,
    retainOnDelete: request.getRetainondelete() ?? false,
    customTimeouts: Object.fromEntries(Object.entries(timeouts).filter(([, value]) => value !== "")),
    provider: request.getProvider() || undefined,
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

/** The engine's own form, types of all parents but the stack: two equal ones are an error there and silent here. */
function urnOf(request: RegisterResourceRequest, stack: string): string {
  const parents = request.getParent().split("::")[2] ?? "";
  const types = parents === "" || parents === stackType ? [] : [parents];
  return ["urn:pulumi:" + stack, "platform", [...types, request.getType()].join("$"), request.getName()].join(
    "::",
  );
}

function responseTo(
  request: RegisterResourceRequest,
  registration: Registration,
  registrations: readonly Registration[],
  preview: boolean,
): RegisterResourceResponse {
  const response = new RegisterResourceResponse();
  response.setUrn(registration.urn);
  const given = (request.getObject()?.toJavaScript() ?? {}) as Record<string, JavaScriptValue>;
  if (!registration.custom) return response;
  if (preview) {
    response.setObject(Struct.fromJavaScript(given));
    return response;
  }
  const { id, ...computed } = cloudAnswer(registration, registrations);
  response.setId(id);
  response.setObject(Struct.fromJavaScript({ ...given, ...computed }));
  return response;
}

// What the SDK writes into a request round special values.
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function plain(struct: Struct | undefined): unknown {
  const convert = (value: unknown): unknown => {
    if (value === unknownValue) return unknown;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(convert);
    const fields = value as Record<string, unknown>;
    if (fields[signatureKey] === secretSignature) return new Secret(convert(fields["value"]));
    return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, convert(inner)]));
  };
  return convert(struct?.toJavaScript() ?? {});
}

/** Where the recorder puts the endpoints of a cache, each somewhere else. */
export function cacheAddress(name: string, kind: "READER" | "PRIMARY" = "PRIMARY"): string {
  const [last] = createHash("sha256").update(name).digest();
  return `10.0.${kind === "PRIMARY" ? 2 : 3}.${last}`;
}

/** What Google would fill in, as far as the program uses it. Nothing a test asserts may come from here alone. */
function cloudAnswer(
  { type, name, inputs, provider }: Registration,
  registrations: readonly Registration[],
): { id: string } & Record<string, JavaScriptValue> {
  const text = (key: string) => {
    const value = inputs[key];
    return typeof value === "string" ? value : "";
  };
  const ground = registrations.find(({ urn }) => provider?.startsWith(`${urn}::`))?.inputs ?? {};
  const project = text("project") || (ground["project"] as string | undefined) || "no-project";
  const region = text("region") || text("location");
  const global = `projects/${project}/global`;
  const regional = `projects/${project}/regions/${region}`;

  switch (type) {
    case "random:index/randomId:RandomId": {
      const digest = createHash("sha256")
        .update(`${name} ${JSON.stringify(inputs["keepers"])}`)
        .digest("hex");
      const hex = digest.slice(0, 2 * Number(inputs["byteLength"]));
      return { id: hex, hex };
    }
    case "gcp:compute/network:Network":
      return { id: `${global}/networks/${text("name")}` };
    case "gcp:compute/subnetwork:Subnetwork":
      return { id: `${regional}/subnetworks/${text("name")}` };
    case "gcp:compute/address:Address":
      return { id: `${regional}/addresses/${text("name")}`, address: "10.0.0.9" };
    case "gcp:compute/globalAddress:GlobalAddress":
      return { id: `${global}/addresses/${text("name")}`, address: "203.0.113.9" };
    case "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {
      const record = { name: `_acme-challenge.${text("domain")}.`, type: "CNAME", data: "proof.example." };
      return { id: `${global}/dnsAuthorizations/${text("name")}`, dnsResourceRecords: [record] };
    }
    case "gcp:certificatemanager/certificate:Certificate":
      return { id: `${global}/certificates/${text("name")}` };
    case "gcp:dns/managedZone:ManagedZone":
      return {
        id: `projects/${project}/managedZones/${text("name")}`,
        nameServers: [1, 2, 3, 4].map((host) => `ns-cloud-a${host}.googledomains.com.`),
      };
    case "gcp:compute/forwardingRule:ForwardingRule":
      return { id: `${regional}/forwardingRules/${text("name")}` };
    case "gcp:container/cluster:Cluster":
      return {
        id: `projects/${project}/locations/${text("location")}/clusters/${text("name")}`,
        controlPlaneEndpointsConfig: {
          ...(inputs["controlPlaneEndpointsConfig"] as Record<string, JavaScriptValue>),
          dnsEndpointConfig: { endpoint: `gke-${text("name")}.${text("location")}.gke.goog` },
        },
      };
    case "gcp:sql/databaseInstance:DatabaseInstance":
      return {
        id: text("name"),
        connectionName: `${project}:${region}:${text("name")}`,
        dnsName: `0123456789ab.abcdef012345.${region}.sql.goog.`,
        pscServiceAttachmentLink: `projects/tenant-project/regions/${region}/serviceAttachments/a-${text("name")}`,
      };
    case "gcp:serviceaccount/account:Account": {
      const email = `${text("accountId")}@${project}.iam.gserviceaccount.com`;
      const path = `projects/${project}/serviceAccounts/${email}`;
      return { id: path, name: path, email, member: `serviceAccount:${email}` };
    }
    case "gcp:projects/iAMCustomRole:IAMCustomRole": {
      const path = `projects/${project}/roles/${text("roleId")}`;
      return { id: path, name: path };
    }
    case "gcp:projects/serviceIdentity:ServiceIdentity": {
      const email = `service-1@${text("service")}.iam.gserviceaccount.com`;
      return { id: email, email, member: `serviceAccount:${email}` };
    }
    case "gcp:kms/keyRing:KeyRing":
      return { id: `projects/${project}/locations/${region}/keyRings/${text("name")}` };
    case "gcp:kms/cryptoKey:CryptoKey":
      return { id: `${text("keyRing")}/cryptoKeys/${text("name")}` };
    case "gcp:artifactregistry/repository:Repository":
      return {
        id: `projects/${project}/locations/${region}/repositories/${text("repositoryId")}`,
        name: text("repositoryId"),
        project,
      };
    case "gcp:monitoring/dashboard:Dashboard":
      return { id: `projects/${project}/dashboards/of-${name}` };
    case "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": {
      const uptimeCheckId = `check-of-${name}`;
      return { id: `projects/${project}/uptimeCheckConfigs/${uptimeCheckId}`, uptimeCheckId };
    }
    case "gcp:secretmanager/secret:Secret":
      return { id: `projects/${project}/secrets/${text("secretId")}` };
    case "gcp:memorystore/instance:Instance": {
      const path = `projects/${project}/locations/${region}/instances/${text("instanceId")}`;
      const endpoint = (kind: "READER" | "PRIMARY") => ({
        pscAutoConnection: { connectionType: `CONNECTION_TYPE_${kind}`, ipAddress: cacheAddress(name, kind) },
      });
      return {
        id: path,
        name: path,
        endpoints: [{ connections: [endpoint("READER"), endpoint("PRIMARY")] }],
        managedServerCas: [{ caCerts: [{ certificates: ["a certificate", "its authority\n"] }] }],
      };
    }
    default:
      return { id: `${name}-id` };
  }
}
