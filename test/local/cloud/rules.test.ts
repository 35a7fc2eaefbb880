/**
 * Proves that the rules speak of inputs that exist, in the provider's own declarations, and that what replaces is
 * what the provider's source says. It does not prove that Google behaves so.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { rules } from "../../../local/cloud/rules";
import type { Field, Fields, ObjectField, Rule, Surroundings, Value } from "../../../local/cloud/rules/shape";

/** A type as the declarations give it; an object is named and read when it is asked for. */
type Declared =
  | { type: "text" | "number" | "flag" | "unknown" }
  | { type: "list" | "map"; of: Declared }
  | { type: "object"; members: () => Members };
type Members = ReadonlyMap<string, { declared: Declared; optional: boolean }>;

const packageFolder = (name: string) => dirname(require.resolve(`${name}/package.json`));

/** The interfaces of one namespace of `types/input.d.ts` or `types/output.d.ts`: 7 MB that nobody parses whole. */
class Nested {
  private readonly source: string;
  private readonly namespaces = new Map<string, Map<string, ts.InterfaceDeclaration>>();

  constructor(file: string) {
    this.source = readFileSync(file, "utf8");
  }

  interface(namespace: string, name: string): ts.InterfaceDeclaration {
    const found = this.namespace(namespace).get(name);
    if (!found) throw new Error(`no interface ${namespace}.${name}`);
    return found;
  }

  private namespace(name: string): Map<string, ts.InterfaceDeclaration> {
    const known = this.namespaces.get(name);
    if (known) return known;
    const start = this.source.indexOf(`export declare namespace ${name} {`);
    const end = this.source.indexOf("\nexport declare namespace ", start);
    const file = parse(this.source.slice(start, end < 0 ? undefined : end));
    const found = new Map<string, ts.InterfaceDeclaration>();
    const visit = (node: ts.Node) => {
      if (ts.isInterfaceDeclaration(node)) found.set(node.name.text, node);
      else ts.forEachChild(node, visit);
    };
    visit(file);
    this.namespaces.set(name, found);
    return found;
  }
}

const parse = (text: string) => ts.createSourceFile("declarations.d.ts", text, ts.ScriptTarget.Latest, true);

const gcp = packageFolder("@pulumi/gcp");
const nestedInputs = new Nested(join(gcp, "types/input.d.ts"));
const nestedOutputs = new Nested(join(gcp, "types/output.d.ts"));

function declaredType(node: ts.TypeNode): Declared {
  if (ts.isUnionTypeNode(node)) {
    const [first] = node.types.filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword);
    return first ? declaredType(first) : { type: "unknown" };
  }
  if (ts.isArrayTypeNode(node)) return { type: "list", of: declaredType(node.elementType) };
  if (ts.isTypeLiteralNode(node)) {
    const [member] = node.members;
    return member && ts.isIndexSignatureDeclaration(member)
      ? { type: "map", of: declaredType(member.type) }
      : { type: "unknown" };
  }
  if (node.kind === ts.SyntaxKind.StringKeyword) return { type: "text" };
  if (node.kind === ts.SyntaxKind.NumberKeyword) return { type: "number" };
  if (node.kind === ts.SyntaxKind.BooleanKeyword) return { type: "flag" };
  if (!ts.isTypeReferenceNode(node)) return { type: "unknown" };
  const [prefix, namespace, name] = node.typeName.getText().split(".");
  const argument = node.typeArguments?.[0];
  if (prefix === "pulumi" && argument) return declaredType(argument);
  const nested = { inputs: nestedInputs, outputs: nestedOutputs }[prefix ?? ""];
  if (!nested || !namespace || !name) return { type: "unknown" };
  return { type: "object", members: () => membersOf(nested.interface(namespace, name).members) };
}

function membersOf(nodes: readonly (ts.TypeElement | ts.ClassElement)[]): Members {
  return new Map(
    nodes.flatMap((node) =>
      (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) && node.type
        ? [
            [
              node.name.getText(),
              { declared: declaredType(node.type), optional: !!node.questionToken },
            ] as const,
          ]
        : [],
    ),
  );
}

/** Inputs and properties of the class that a kind names. */
function declarationsOf(kind: string): { inputs: Members; properties: Members } {
  const [module, file, name] = kind.split(/[/:]/) as [string, string, string];
  const folder = module === "index" ? packageFolder("@pulumi/random") : join(gcp, module);
  const source = parse(readFileSync(join(folder, `${fileOf(file)}.d.ts`), "utf8"));
  const inputs = source.statements.find(
    (node): node is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(node) && node.name.text === `${name}Args`,
  );
  const resource = source.statements.find(
    (node): node is ts.ClassDeclaration => ts.isClassDeclaration(node) && node.name?.text === name,
  );
  if (!inputs || !resource) throw new Error(`no declarations of ${kind}`);
  return { inputs: membersOf(inputs.members), properties: membersOf(resource.members) };
}

/** Type tokens and file names differ where a name begins with an abbreviation: `iAMCustomRole` is in `iamcustomRole.d.ts`. */
const fileOf = (name: string): string => name.replace(/^(iAM|uRL|sSL)./, (start) => start.toLowerCase());

/** Where a rule and the declarations disagree. */
function disagreements(fields: Fields, declared: Members, path = ""): string[] {
  const named = Object.entries(fields).flatMap(([name, field]) => {
    const where = path + name;
    const member = declared.get(name);
    if (!member) return [`${where} is not declared`];
    return [
      ...(!member.optional && !field.required ? [`${where} is required by the declaration`] : []),
      ...typeDisagreements(field, member.declared, where),
    ];
  });
  const missing = [...declared]
    .filter(([name, { optional }]) => !optional && !(name in fields))
    .map(([name]) => `${path}${name} is required by the declaration and has no rule`);
  return [...named, ...missing];
}

function typeDisagreements(field: Field, declared: Declared, where: string): string[] {
  if (field.type !== declared.type) return [`${where} is declared as ${declared.type}, not ${field.type}`];
  if (field.type === "object" && declared.type === "object")
    return disagreements(field.fields, declared.members(), `${where}.`);
  if (
    (field.type === "list" || field.type === "map") &&
    (declared.type === "list" || declared.type === "map")
  )
    return typeDisagreements(field.of, declared.of, `${where}[]`);
  return [];
}

function hasPath(members: Members, [name, ...rest]: readonly string[]): boolean {
  const member = members.get(name ?? "");
  if (!member || rest.length === 0) return member !== undefined;
  return member.declared.type === "object" && hasPath(member.declared.members(), rest);
}

/** The field at a dotted path; lists are looked through. */
function fieldAt(fields: Fields, path: string): Field | undefined {
  return path.split(".").reduce<Field | undefined>((field, name) => membersOfField(field)[name], {
    type: "object",
    fields,
  } satisfies ObjectField);
}

const membersOfField = (field: Field | undefined): Fields =>
  field?.type === "object" ? field.fields : field?.type === "list" ? membersOfField(field.of) : {};

const emptyWorld: Surroundings = {
  project: { id: "demo", number: "123456789012" },
  list: () => [],
  find: () => undefined,
  alsoReferring: () => [],
  isAssumed: () => false,
  number: (digits) => "1234567890".repeat(10).slice(0, digits),
};

/** Every name that `outputs` returns, nested ones as `a.b`. */
function returned(rule: Rule): string[] {
  const names = (value: Value | undefined, path: string): string[] =>
    value && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([name, inner]) => names(inner, path ? `${path}.${name}` : name))
      : [path];
  const outputs = rule.outputs?.({ id: "AAAA", inputs: {} }, emptyWorld) ?? {};
  return Object.entries(outputs).flatMap(([name, value]) =>
    ["pulumiLabels", "effectiveLabels"].includes(name) ? [name] : names(value, name),
  );
}

describe("rules of the emulated cloud", () => {
  for (const rule of rules.values()) {
    describe(rule.kind, () => {
      const { inputs, properties } = declarationsOf(rule.kind);

      it("names, types and requires its inputs as the provider declares them", () => {
        expect(disagreements(rule.inputs, inputs)).to.deep.equal([]);
      });

      it("computes properties that the provider declares, and lists all it returns", () => {
        expect(rule.computed.filter((path) => !hasPath(properties, path.split(".")))).to.deep.equal([]);
        const listed = (path: string) => rule.computed.some((name) => `${path}.`.startsWith(`${name}.`));
        expect(returned(rule).filter((path) => !listed(path))).to.deep.equal([]);
      });

      it("builds its id and its generated name from inputs it has", () => {
        const used =
          typeof rule.id === "string" ? [...rule.id.matchAll(/\{(\w+)\}/g)].map(([, name]) => name) : [];
        const names = [...used, ...(rule.autonamed ? [rule.autonamed] : [])];
        expect(names.filter((name) => !rule.inputs[name as string])).to.deep.equal([]);
        expect(used.filter((name) => !rule.inputs[name as string]?.replaces)).to.deep.equal([]);
      });

      it("refers to kinds that have rules", () => {
        expect(referredKinds(rule.inputs).filter((kind) => !rules.has(kind))).to.deep.equal([]);
      });
    });
  }
});

const referredKinds = (fields: Fields): readonly string[] =>
  Object.values(fields).flatMap((field) => {
    if (field.type === "text") return field.reference?.kinds ?? [];
    if (field.type === "object") return referredKinds(field.fields);
    return field.type === "list" || field.type === "map" ? referredKinds({ item: field.of }) : [];
  });

/** From the Go source of the provider, 7.45 line with the beta half; `x.*` means each field of `x`. */
const nodeFields = {
  replaces: [
    "serviceAccount",
    "oauthScopes",
    "metadata",
    "spot",
    "preemptible",
    "minCpuPlatform",
    "shieldedInstanceConfig.*",
    "sandboxConfig",
    "bootDiskKmsKey",
    "guestAccelerators",
    "localSsdCount",
    "ephemeralStorageLocalSsdConfig",
    "localNvmeSsdBlockConfig",
    "localSsdEncryptionMode",
    "secondaryBootDisks",
    "reservationAffinity",
    "nodeGroup",
    "advancedMachineFeatures",
    "soleTenantConfig",
    "hostMaintenancePolicy",
    "confidentialNodes.confidentialInstanceType",
    "enableConfidentialStorage",
    "maxRunDuration",
    "flexStart",
  ].map((name) => `nodeConfig.${name}`),
  inPlace: [
    "machineType",
    "diskSizeGb",
    "diskType",
    "imageType",
    "labels",
    "taints",
    "tags",
    "workloadMetadataConfig",
    "workloadMetadataConfig.mode",
    "kubeletConfig",
  ].map((name) => `nodeConfig.${name}`),
};

const replacement: Record<string, { replaces: string[]; inPlace: string[] }> = {
  "container/cluster:Cluster": {
    replaces: [
      "name",
      "project",
      "location",
      "description",
      "network",
      "subnetwork",
      "networkingMode",
      "clusterIpv4Cidr",
      "ipAllocationPolicy",
      "ipAllocationPolicy.clusterIpv4CidrBlock",
      "ipAllocationPolicy.servicesIpv4CidrBlock",
      "ipAllocationPolicy.clusterSecondaryRangeName",
      "ipAllocationPolicy.servicesSecondaryRangeName",
      "ipAllocationPolicy.podCidrOverprovisionConfig",
      "datapathProvider",
      "dataplaneOptimizationMode",
      "defaultMaxPodsPerNode",
      "enableAutopilot",
      "enableKubernetesAlpha",
      "initialNodeCount",
      "nodeConfig",
      ...nodeFields.replaces,
      "confidentialNodes.*",
      "masterAuth.clientCertificateConfig.*",
      "privateClusterConfig.masterIpv4CidrBlock",
      "privateClusterConfig.privateEndpointSubnetwork",
      "clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey",
      "userManagedKeysConfig.clusterCa",
      "userManagedKeysConfig.etcdApiCa",
      "userManagedKeysConfig.etcdPeerCa",
      "userManagedKeysConfig.aggregationCa",
    ],
    inPlace: [
      "minMasterVersion",
      "nodeVersion",
      "releaseChannel",
      "releaseChannel.channel",
      "masterAuthorizedNetworksConfig",
      "masterAuthorizedNetworksConfig.cidrBlocks",
      "privateClusterConfig.enablePrivateNodes",
      "privateClusterConfig.enablePrivateEndpoint",
      "databaseEncryption",
      "databaseEncryption.keyName",
      "loggingConfig",
      "monitoringConfig",
      "resourceLabels",
      "addonsConfig",
      "maintenancePolicy",
      "deletionProtection",
      ...nodeFields.inPlace,
    ],
  },
  "container/nodePool:NodePool": {
    replaces: [
      "name",
      "project",
      "cluster",
      "location",
      "initialNodeCount",
      "maxPodsPerNode",
      "placementPolicy",
      "queuedProvisioning",
      ...[
        "subnetwork",
        "createPodRange",
        "podRange",
        "podIpv4CidrBlock",
        "podCidrOverprovisionConfig",
        "additionalNodeNetworkConfigs",
        "additionalPodNetworkConfigs",
      ].map((name) => `networkConfig.${name}`),
      ...nodeFields.replaces,
    ],
    inPlace: ["version", "autoscaling", "autoscaling.maxNodeCount", "nodeCount", ...nodeFields.inPlace],
  },
  "sql/databaseInstance:DatabaseInstance": {
    replaces: ["name", "project", "region", "encryptionKeyName", "settings.collation"],
    inPlace: [
      "databaseVersion",
      "settings.tier",
      "settings.edition",
      "settings.databaseFlags",
      "settings.availabilityType",
      "settings.diskSize",
      "settings.ipConfiguration.privateNetwork",
      "deletionProtection",
    ],
  },
  "sql/user:User": { replaces: ["name", "host", "instance", "type", "project"], inPlace: ["password"] },
  "sql/database:Database": { replaces: ["name", "instance", "project"], inPlace: ["charset"] },
  "compute/network:Network": {
    replaces: ["name", "autoCreateSubnetworks", "description"],
    inPlace: ["routingMode"],
  },
  "compute/subnetwork:Subnetwork": {
    replaces: ["name", "network", "region", "description"],
    inPlace: ["ipCidrRange", "secondaryIpRanges", "logConfig", "privateIpGoogleAccess"],
  },
  "compute/address:Address": {
    replaces: ["name", "address", "addressType", "subnetwork"],
    inPlace: ["labels"],
  },
  "compute/disk:Disk": {
    replaces: ["name", "zone", "type", "description", "diskEncryptionKey"],
    inPlace: ["size", "labels", "provisionedIops"],
  },
  "compute/networkEndpointGroup:NetworkEndpointGroup": {
    replaces: ["name", "zone", "network", "subnetwork", "networkEndpointType", "defaultPort"],
    inPlace: [],
  },
  "compute/backendService:BackendService": {
    replaces: ["name", "loadBalancingScheme"],
    inPlace: ["backends", "healthChecks", "timeoutSec"],
  },
  "compute/globalForwardingRule:GlobalForwardingRule": {
    replaces: ["name", "ipAddress", "portRange", "loadBalancingScheme", "network"],
    inPlace: ["target", "labels"],
  },
  "artifactregistry/repository:Repository": {
    replaces: ["repositoryId", "location", "format", "mode", "kmsKeyName"],
    inPlace: ["description", "cleanupPolicies", "dockerConfig.immutableTags"],
  },
  "billing/budget:Budget": {
    replaces: ["billingAccount"],
    inPlace: ["displayName", "amount", "budgetFilter", "thresholdRules", "allUpdatesRule", "ownershipScope"],
  },
  "certificatemanager/dnsAuthorization:DnsAuthorization": {
    replaces: ["name", "domain", "location", "type", "project"],
    inPlace: ["description", "labels"],
  },
  "certificatemanager/certificate:Certificate": {
    replaces: [
      "name",
      "location",
      "scope",
      "project",
      "managed",
      "managed.domains",
      "managed.dnsAuthorizations",
    ],
    inPlace: ["description", "labels"],
  },
  "certificatemanager/certificateMap:CertificateMap": {
    replaces: ["name", "project"],
    inPlace: ["description", "labels"],
  },
  "certificatemanager/certificateMapEntry:CertificateMapEntry": {
    replaces: ["name", "map", "hostname", "matcher", "project"],
    inPlace: ["certificates", "description", "labels"],
  },
  "compute/sSLPolicy:SSLPolicy": {
    replaces: ["name", "description", "project"],
    inPlace: ["profile", "minTlsVersion", "customFeatures", "postQuantumKeyExchange"],
  },
  "memorystore/instance:Instance": {
    replaces: [
      "instanceId",
      "location",
      "project",
      "mode",
      "authorizationMode",
      "transitEncryptionMode",
      "desiredAutoCreatedEndpoints",
      "kmsKey",
      "serverCaMode",
      "zoneDistributionConfig",
      "zoneDistributionConfig.zone",
    ],
    inPlace: [
      "shardCount",
      "replicaCount",
      "nodeType",
      "engineVersion",
      "engineConfigs",
      "persistenceConfig",
      "maintenancePolicy",
      "deletionProtectionEnabled",
      "labels",
    ],
  },
  "networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": {
    replaces: ["name", "location", "project", "network", "serviceClass"],
    inPlace: ["description", "labels", "pscConfig", "pscConfig.subnetworks", "pscConfig.limit"],
  },
  "monitoring/alertPolicy:AlertPolicy": {
    replaces: ["project"],
    inPlace: ["displayName", "combiner", "conditions", "notificationChannels", "severity", "userLabels"],
  },
  "monitoring/dashboard:Dashboard": { replaces: ["project"], inPlace: ["dashboardJson"] },
  "monitoring/uptimeCheckConfig:UptimeCheckConfig": {
    replaces: [
      "project",
      "checkerType",
      "monitoredResource",
      "monitoredResource.labels",
      "monitoredResource.type",
      "httpCheck.requestMethod",
    ],
    inPlace: ["displayName", "timeout", "period", "httpCheck.path", "selectedRegions", "contentMatchers"],
  },
  "secretmanager/secret:Secret": {
    replaces: [
      "secretId",
      "project",
      "replication",
      "replication.auto",
      "replication.userManaged",
      "replication.userManaged.replicas",
      "replication.userManaged.replicas.location",
    ],
    inPlace: ["labels", "annotations", "versionDestroyTtl", "deletionProtection"],
  },
  "serviceaccount/account:Account": { replaces: ["accountId"], inPlace: ["displayName", "description"] },
  "dns/managedZone:ManagedZone": {
    replaces: ["dnsName", "visibility", "name"],
    inPlace: ["description", "privateVisibilityConfig"],
  },
  "kms/cryptoKey:CryptoKey": {
    replaces: ["keyRing", "name", "purpose"],
    inPlace: ["rotationPeriod", "labels"],
  },
};

describe("replacement", () => {
  for (const [kind, { replaces, inPlace }] of Object.entries(replacement)) {
    const { inputs } = rules.get(kind) as Rule;
    const expanded = (path: string) =>
      path.endsWith(".*")
        ? Object.keys(membersOfField(fieldAt(inputs, path.slice(0, -2)))).map(
            (name) => path.slice(0, -1) + name,
          )
        : [path];
    const all = (paths: string[]) =>
      paths.flatMap(expanded).map((path) => [path, fieldAt(inputs, path)] as const);

    it(`${kind} is made anew by a change of ${replaces.length} properties and no other named one`, () => {
      expect(all([...replaces, ...inPlace]).flatMap(([path, field]) => (field ? [] : [path]))).to.deep.equal(
        [],
      );
      expect(all(replaces).flatMap(([path, field]) => (field?.replaces ? [] : [path]))).to.deep.equal([]);
      expect(all(inPlace).flatMap(([path, field]) => (field?.replaces ? [path] : []))).to.deep.equal([]);
    });
  }
});
