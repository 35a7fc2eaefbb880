/**
 * What the rules refuse, replace and fill in when they look at more than one field or at other resources. The world
 * here is a list; that the emulated cloud asks the rules at the right moment is proved with the cloud.
 */
import { expect } from "chai";
import { textsIn } from "../../../local/cloud/fields";
import { rules } from "../../../local/cloud/rules";
import { parseRange, shrinks } from "../../../local/cloud/rules/ranges";
import { textAt } from "../../../local/cloud/rules/read";
import type { Resource, Rule, Surroundings, Value, Values } from "../../../local/cloud/rules/shape";

const project = "demo";
const agent = "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com";

const ruleOf = (kind: string): Rule => {
  const rule = rules.get(kind);
  if (!rule) throw new Error(`no rule for ${kind}`);
  return rule;
};

function world(...resources: Resource[]): Surroundings {
  const find: Surroundings["find"] = ({ kinds, by }, value) =>
    resources.find(
      ({ kind, id, state }) =>
        kinds.includes(kind) && [id, state["name"], ...(by ? [state[by]] : [])].includes(value),
    );
  return {
    project: { id: project, number: "123456789012" },
    list: (kind, text = kind) =>
      resources.filter(
        (resource) => resource.kind === kind && JSON.stringify(resource).includes(JSON.stringify(text)),
      ),
    find,
    alsoReferring: (kind, reference, value) => {
      const meant = (said: string) => find(reference, said, project)?.id ?? said;
      return resources.filter(
        (other) =>
          other.kind === kind &&
          textsIn(ruleOf(kind).inputs, other.inputs).some((leaf) => meant(leaf.value) === meant(value)),
      );
    },
    isAssumed: () => false,
    number: (digits, ...words) => {
      const sum = [...words.join("")].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1e15, 7);
      return `${sum}`
        .repeat(1 + digits / 5)
        .slice(0, digits)
        .replace(/^0/, "1");
    },
  };
}

/** A live resource as the emulated cloud would keep it. */
function live(kind: string, inputs: Values, around: Surroundings = world()): Resource {
  const rule = ruleOf(kind);
  const id =
    typeof rule.id === "function"
      ? rule.id(inputs, around)
      : rule.id.replaceAll(/\{(\w+)\}/g, (_, name: string) => textAt({ project, ...inputs }, name) ?? "");
  const state = { ...rule.outputs?.({ id, inputs }, around), ...inputs };
  return { kind, id, project, inputs, state, status: "ready" };
}

const region = "europe-west1";
const network = live("compute/network:Network", { name: "main" });
const subnetworkInputs: Values = {
  name: "main",
  region,
  network: network.id,
  ipCidrRange: "10.0.0.0/22",
  secondaryIpRanges: [{ rangeName: "pods", ipCidrRange: "10.16.0.0/16" }],
};
const subnetwork = live("compute/subnetwork:Subnetwork", subnetworkInputs);
const ring = live("kms/keyRing:KeyRing", { name: "ring", location: region });
const key = live("kms/cryptoKey:CryptoKey", { name: "key", keyRing: ring.id });
const grant = live("kms/cryptoKeyIAMMember:CryptoKeyIAMMember", {
  cryptoKeyId: key.id,
  role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
  member: agent,
});
const account = live("serviceaccount/account:Account", { accountId: "billing" });
const clusterInputs: Values = {
  name: "main",
  location: region,
  network: network.id,
  subnetwork: subnetwork.id,
  initialNodeCount: 1,
  removeDefaultNodePool: true,
  ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
  workloadIdentityConfig: { workloadPool: "demo.svc.id.goog" },
  databaseEncryption: { state: "ENCRYPTED", keyName: key.id },
  privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true },
  controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } },
  maintenancePolicy: {
    recurringWindow: {
      startTime: "2026-01-03T01:00:00Z",
      endTime: "2026-01-03T05:00:00Z",
      recurrence: "FREQ=WEEKLY",
    },
  },
};
const cluster = live("container/cluster:Cluster", clusterInputs, world(subnetwork));
const poolInputs: Values = {
  name: "general",
  cluster: cluster.id,
  location: region,
  autoscaling: { totalMinNodeCount: 1, totalMaxNodeCount: 3 },
  management: { autoRepair: true, autoUpgrade: true },
  upgradeSettings: { maxSurge: 1, maxUnavailable: 0 },
};
const psc = { pscEnabled: true, allowedConsumerProjects: [project] };
const instanceInputs: Values = {
  name: "main",
  region,
  databaseVersion: "POSTGRES_18",
  settings: {
    edition: "ENTERPRISE",
    tier: "db-custom-2-7680",
    availabilityType: "REGIONAL",
    backupConfiguration: { enabled: true, pointInTimeRecoveryEnabled: true, transactionLogRetentionDays: 7 },
    ipConfiguration: { ipv4Enabled: false, pscConfigs: [psc] },
    databaseFlags: [{ name: "cloudsql.iam_authentication", value: "on" }],
  },
};
const instance = live("sql/databaseInstance:DatabaseInstance", instanceInputs);
const loginInputs: Values = {
  name: "billing@demo.iam",
  instance: "main",
  type: "CLOUD_IAM_SERVICE_ACCOUNT",
};
const addressInputs: Values = { name: "sql", region, addressType: "INTERNAL", subnetwork: subnetwork.id };
const ruleInputs: Values = {
  name: "sql",
  region,
  loadBalancingScheme: "",
  target: instance.state["pscServiceAttachmentLink"] as string,
};
const firewallInputs: Values = {
  name: "web",
  network: network.id,
  direction: "INGRESS",
  sourceRanges: ["35.191.0.0/16"],
  allows: [{ protocol: "tcp" }],
};
const natInputs: Values = {
  name: "main",
  router: "main",
  region,
  natIpAllocateOption: "AUTO_ONLY",
  sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
};
const zoneInputs: Values = { name: "sql", dnsName: "example.dev.", visibility: "private" };
const zone = live("dns/managedZone:ManagedZone", zoneInputs);
const recordInputs: Values = {
  managedZone: "sql",
  name: "db.example.dev.",
  type: "A",
  ttl: 60,
  rrdatas: ["10.0.0.2"],
};
const policyInputs: Values = { name: "main", networks: [{ networkUrl: network.id }] };
const repositoryInputs: Values = {
  repositoryId: "eu.gcr.io",
  location: "europe",
  format: "DOCKER",
  cleanupPolicies: [{ id: "newest", action: "KEEP", mostRecentVersions: { keepCount: 5 } }],
};
const slackInputs: Values = {
  type: "slack",
  labels: { channel_name: "#alerts" },
  sensitiveLabels: { authToken: "placeholder" },
};

const everything = [network, subnetwork, ring, key, grant, account, cluster, instance, zone];

/** `inputs` with one value, at a dotted path, changed; undefined leaves it out. */
function changed(inputs: Values, path: string, value: Value | undefined): Values {
  const [name, ...rest] = path.split(".") as [string, ...string[]];
  if (rest.length > 0)
    return { ...inputs, [name]: changed((inputs[name] ?? {}) as Values, rest.join("."), value) };
  const others = Object.entries(inputs).filter(([other]) => other !== name);
  return Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
}

type Case = [path: string, value: Value | undefined, problem: RegExp, others?: Resource[]];

const refusals: [kind: string, inputs: Values, cases: Case[]][] = [
  [
    "compute/subnetwork:Subnetwork",
    { ...subnetworkInputs, name: "other", ipCidrRange: "10.0.4.0/22", secondaryIpRanges: [] },
    [
      ["ipCidrRange", "10.0.4.1/22", /not a range/],
      ["ipCidrRange", "10.0.4.0/30", /smaller than a \/29/],
      ["ipCidrRange", "10.0.2.0/24", /overlaps 10\.0\.0\.0\/22/],
      ["ipCidrRange", "10.16.8.0/24", /overlaps 10\.16\.0\.0\/16 \(secondaryIpRanges\[0\]/],
      [
        "secondaryIpRanges",
        [{ rangeName: "pods", ipCidrRange: "10.0.6.0/24" }],
        /overlaps .* of this subnetwork/,
      ],
    ],
  ],
  [
    "compute/routerNat:RouterNat",
    natInputs,
    [
      ["natIpAllocateOption", "MANUAL_ONLY", /natIps: needed/],
      ["natIps", ["some"], /not with natIpAllocateOption AUTO_ONLY/],
      ["sourceSubnetworkIpRangesToNat", "LIST_OF_SUBNETWORKS", /subnetworks/],
    ],
  ],
  [
    "compute/firewall:Firewall",
    firewallInputs,
    [
      ["sourceRanges", undefined, /INGRESS rule needs/],
      ["allows", undefined, /exactly one/],
      ["denies", [{ protocol: "all" }], /exactly one/],
      ["sourceRanges", ["10.0.0.1/8"], /beyond its prefix/],
    ],
  ],
  [
    "compute/address:Address",
    addressInputs,
    [
      ["address", "10.0.8.5", /outside/],
      ["address", "10.0.0.1", /Google keeps/],
      [
        "address",
        "10.0.0.2",
        /taken/,
        [live("compute/address:Address", { ...addressInputs, name: "a" }, world(subnetwork))],
      ],
    ],
  ],
  ["compute/forwardingRule:ForwardingRule", ruleInputs, [["loadBalancingScheme", "EXTERNAL", /must be ""/]]],
  [
    "compute/disk:Disk",
    { name: "data", zone: "europe-west1-b", type: "pd-balanced", size: 10 },
    [["zone", region, /is not a zone/]],
  ],
  [
    "compute/regionDisk:RegionDisk",
    { name: "data", region, replicaZones: ["europe-west1-b", "europe-west1-c"], size: 10 },
    [
      ["replicaZones", ["europe-west1-b", "europe-west1-b"], /exactly two/],
      ["replicaZones", ["europe-west1-b", "us-east1-b"], /not a zone of europe-west1/],
    ],
  ],
  [
    "compute/healthCheck:HealthCheck",
    { name: "web", httpHealthCheck: {} },
    [
      ["tcpHealthCheck", {}, /exactly one/],
      ["httpHealthCheck", undefined, /exactly one/],
      ["timeoutSec", 6, /not longer than checkIntervalSec/],
    ],
  ],
  [
    "compute/uRLMap:URLMap",
    { name: "web", defaultService: "web", pathMatchers: [{ name: "all" }] },
    [
      ["hostRules", [{ hosts: ["*"], pathMatcher: "none" }], /no path matcher none/],
      ["defaultService", undefined, /needs it/],
    ],
  ],
  [
    "compute/targetHttpsProxy:TargetHttpsProxy",
    { name: "web", urlMap: "web", certificateMap: "all" },
    [["certificateMap", undefined, /one of them is needed/]],
  ],
  [
    "kms/cryptoKey:CryptoKey",
    { name: "key", keyRing: ring.id, purpose: "ENCRYPT_DECRYPT", rotationPeriod: "7776000s" },
    [
      ["rotationPeriod", "3600s", /at least one day/],
      ["purpose", "MAC", /only keys with purpose/],
    ],
  ],
  [
    "container/cluster:Cluster",
    clusterInputs,
    [
      ["location", undefined, /location: missing/],
      ["nodeLocations", ["us-east1-b"], /not a zone of europe-west1/],
      ["initialNodeCount", undefined, /greater than 0/],
      ["ipAllocationPolicy.clusterSecondaryRangeName", "other", /no secondary range other/],
      ["workloadIdentityConfig.workloadPool", "prod.svc.id.goog", /is not demo\.svc\.id\.goog/],
      ["privateClusterConfig.enablePrivateEndpoint", false, /no update clears/],
      ["databaseEncryption.keyName", key.id.replace("key", "ke"), /lacks roles\/cloudkms/],
      ["databaseEncryption.keyName", key.id.replace(region, "us-east1"), /is not in europe-west1/],
      ["databaseEncryption.keyName", undefined, /missing/],
      ["maintenancePolicy.recurringWindow.endTime", "2026-01-03T00:00:00Z", /not after startTime/],
      [
        "maintenancePolicy.maintenanceExclusions",
        [
          {
            exclusionName: "sale",
            startTime: "2026-11-01T00:00:00Z",
            exclusionOptions: { scope: "NO_UPGRADES" },
          },
        ],
        /exactly one of endTime/,
      ],
    ],
  ],
  [
    "container/nodePool:NodePool",
    poolInputs,
    [
      ["autoscaling", { totalMinNodeCount: 4, totalMaxNodeCount: 3 }, /4 is more than/],
      ["autoscaling", { minNodeCount: 1 }, /autoscaling/],
      ["autoscaling", { totalMaxNodeCount: 0 }, /at least 1/],
      ["upgradeSettings.maxSurge", 0, /cannot both be 0/],
      ["management.autoUpgrade", false, /release channel/],
      ["networkConfig", { podRange: "none" }, /no secondary range none/],
      ["location", "us-east1", /the cluster is in europe-west1/],
    ],
  ],
  [
    "sql/databaseInstance:DatabaseInstance",
    instanceInputs,
    [
      ["settings.edition", undefined, /Invalid Tier .* POSTGRES_18 has unless settings\.edition/],
      ["settings.tier", "db-perf-optimized-N-2", /Invalid Tier/],
      ["settings.backupConfiguration.pointInTimeRecoveryEnabled", false, /REGIONAL needs/],
      ["settings.backupConfiguration.transactionLogRetentionDays", 14, /at most 7/],
      ["settings.backupConfiguration.binaryLogEnabled", true, /only for MySQL/],
      ["settings.ipConfiguration.pscConfigs", undefined, /it needs pscConfigs/],
      ["settings.ipConfiguration.ipv4Enabled", true, /must be false/],
      ["settings.locationPreference", { zone: "us-east1-b" }, /not in europe-west1/],
      ["region", undefined, /region: missing/],
    ],
  ],
  [
    "sql/user:User",
    loginInputs,
    [
      ["name", "billing@demo.iam.gserviceaccount.com", /without \.gserviceaccount\.com/],
      ["name", "orders@demo.iam", /does not exist/],
      ["password", "placeholder", /not for an IAM login/],
      ["type", "BUILT_IN", /needs one/],
    ],
  ],
  [
    "dns/managedZone:ManagedZone",
    zoneInputs,
    [["dnssecConfig", { state: "on" }, /only with visibility public/]],
  ],
  [
    "dns/recordSet:RecordSet",
    recordInputs,
    [
      ["name", "db.example.org.", /not in the zone/],
      ["name", "dbexample.dev.", /not in the zone/],
      ["rrdatas", [], /missing/],
      ["type", "CNAME", /ends with a dot/],
    ],
  ],
  [
    "dns/policy:Policy",
    policyInputs,
    [["name", "second", /has a policy already/, [live("dns/policy:Policy", policyInputs)]]],
  ],
  [
    "artifactregistry/repository:Repository",
    repositoryInputs,
    [
      ["location", "us", /only served from europe/],
      ["cleanupPolicies", [{ id: "old", action: "DELETE" }], /exactly one of condition/],
      ["cleanupPolicies", [{ id: "new", action: "DELETE", mostRecentVersions: {} }], /goes with action KEEP/],
      ["remoteRepositoryConfig", { dockerRepository: {} }, /only with mode REMOTE_REPOSITORY/],
    ],
  ],
  [
    "monitoring/notificationChannel:NotificationChannel",
    slackInputs,
    [
      ["labels", {}, /channel_name/],
      ["sensitiveLabels", undefined, /authToken/],
      ["type", "pigeon", /not one of/],
    ],
  ],
];

describe("refusals", () => {
  for (const [kind, inputs, cases] of refusals) {
    describe(kind, () => {
      const problems = (given: Values, others: Resource[] = []) =>
        ruleOf(kind).refuses?.(given, world(...everything, ...others)) ?? [];

      it("accepts what is right, and once more as a change of what it made", () => {
        expect(problems(inputs)).to.deep.equal([]);
        expect(problems(inputs, [live(kind, inputs, world(...everything))])).to.deep.equal([]);
      });

      for (const [path, value, problem, others] of cases) {
        it(`refuses ${path} ${JSON.stringify(value)?.slice(0, 60) ?? "left out"}: ${problem.source}`, () => {
          const found = problems(changed(inputs, path, value), others);
          expect(found).to.have.length(1);
          expect(found[0]).to.match(problem);
        });
      }
    });
  }
});

describe("changes that look at both values", () => {
  const replaced = (kind: string, old: Values, next: Values) => ruleOf(kind).replacesWhen?.(old, next) ?? [];

  it("replaces a subnetwork whose primary range loses addresses, and only then", () => {
    const kind = "compute/subnetwork:Subnetwork";
    const next = (range: string) => changed(subnetworkInputs, "ipCidrRange", range);
    expect(replaced(kind, subnetworkInputs, next("10.0.0.0/23"))).to.deep.equal(["ipCidrRange"]);
    expect(replaced(kind, subnetworkInputs, next("10.0.4.0/22"))).to.deep.equal(["ipCidrRange"]);
    expect(replaced(kind, subnetworkInputs, next("10.0.0.0/20"))).to.deep.equal([]);
  });

  it("replaces a database instance when its disk shrinks without automatic growth", () => {
    const kind = "sql/databaseInstance:DatabaseInstance";
    const with_ = (diskSize: number, diskAutoresize: boolean) => ({ settings: { diskSize, diskAutoresize } });
    expect(replaced(kind, with_(20, false), with_(10, false))).to.deep.equal(["settings.diskSize"]);
    expect(replaced(kind, with_(20, true), with_(10, true))).to.deep.equal([]);
  });

  it("replaces a cluster when a feature that cannot be switched off is", () => {
    const kind = "container/cluster:Cluster";
    expect(replaced(kind, { enableL4IlbSubsetting: true }, {})).to.deep.equal(["enableL4IlbSubsetting"]);
    expect(replaced(kind, {}, { enableL4IlbSubsetting: true })).to.deep.equal([]);
    const apis = (...enabledApis: string[]) => ({ enableK8sBetaApis: { enabledApis } });
    expect(replaced(kind, apis("a", "b"), apis("a"))).to.deep.equal(["enableK8sBetaApis.enabledApis"]);
    expect(replaced(kind, apis("a"), apis("a", "b"))).to.deep.equal([]);
  });

  it("lets a database version go up and refuses a way back or another engine", () => {
    const change = (old: string, next: string) =>
      ruleOf("sql/databaseInstance:DatabaseInstance").refusesChange?.(
        { databaseVersion: old },
        { databaseVersion: next },
      );
    expect(change("POSTGRES_17", "POSTGRES_18")).to.deep.equal([]);
    expect(change("MYSQL_5_7", "MYSQL_8_0")).to.deep.equal([]);
    expect(change("POSTGRES_18", "POSTGRES_17")).to.have.length(1);
    expect(change("POSTGRES_18", "MYSQL_8_4")).to.have.length(1);
  });
});

describe("what may not be deleted", () => {
  const kept = (resource: Resource, ...others: Resource[]) =>
    ruleOf(resource.kind).keeps?.(resource.state, world(...others));

  it("is a protected database instance", () => {
    const settings = { deletionProtectionEnabled: true };
    expect(kept(live(instance.kind, { ...instanceInputs, settings }))).to.match(/protected/);
    expect(kept(instance)).to.equal(undefined);
  });

  it("is a zone with records of its own, unless its deletion is forced", () => {
    const record = live("dns/recordSet:RecordSet", recordInputs);
    const forced = live(zone.kind, { ...zoneInputs, forceDestroy: true });
    expect(kept(zone, record)).to.match(/A db\.example\.dev\./);
    expect(kept(forced, record)).to.equal(undefined);
    expect(kept(zone)).to.equal(undefined);
  });
});

describe("what is filled in", () => {
  it("gives internal addresses out one after the other and keeps them", () => {
    const kind = "compute/address:Address";
    const first = live(kind, { ...addressInputs, name: "a" }, world(subnetwork));
    const second = live(kind, { ...addressInputs, name: "b" }, world(subnetwork, first));
    expect([first.state["address"], second.state["address"]]).to.deep.equal(["10.0.0.2", "10.0.0.3"]);
    const again = ruleOf(kind).outputs?.({ id: second.id, inputs: second.inputs }, world(subnetwork, second));
    expect(again?.["address"]).to.equal("10.0.0.3");
  });

  it("gives a cluster a DNS endpoint of Google's form", () => {
    expect(textAt(cluster.state, "selfLink")).to.contain("/locations/europe-west1/clusters/main");
    const outputs = ruleOf(cluster.kind).outputs?.(
      { id: cluster.id, inputs: clusterInputs },
      world(subnetwork),
    );
    expect(textAt(outputs, "controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint")).to.match(
      /^gke-[0-9a-f]{32}-[0-9]+\.europe-west1\.gke\.goog$/,
    );
    expect(outputs?.["servicesIpv4Cidr"]).to.equal("34.118.224.0/20");
    expect(outputs?.["clusterIpv4Cidr"]).to.equal("10.16.0.0/16");
  });

  it("gives an instance an attachment and a name only with Private Service Connect", () => {
    expect(instance.state["pscServiceAttachmentLink"]).to.match(
      /^projects\/[^/]+\/regions\/europe-west1\/serviceAttachments\/[^/]+$/,
    );
    expect(instance.state["dnsName"]).to.match(/^[0-9a-f]{12}\.[0-9a-f]{13}\.europe-west1\.sql\.goog\.$/);
    const open = live(instance.kind, { name: "open", region, databaseVersion: "POSTGRES_18", settings: {} });
    expect(open.state["pscServiceAttachmentLink"]).to.equal("");
  });

  it("accepts an endpoint from a project that the instance lets in", () => {
    const status = (allowed: string[]) => {
      const pscConfigs = [{ pscEnabled: true, allowedConsumerProjects: allowed }];
      const other = {
        ...instance,
        inputs: changed(instanceInputs, "settings.ipConfiguration.pscConfigs", pscConfigs),
      };
      return live("compute/forwardingRule:ForwardingRule", ruleInputs, world(other)).state[
        "pscConnectionStatus"
      ];
    };
    expect([status([project]), status(["123456789012"]), status(["other"])]).to.deep.equal([
      "ACCEPTED",
      "ACCEPTED",
      "PENDING",
    ]);
  });

  it("draws random ids, spelt in every way that the provider spells them", () => {
    const random = () => live("index/randomId:RandomId", { byteLength: 4, prefix: "p-" });
    const { id, state } = random();
    const hex = Buffer.from(id, "base64url").toString("hex");
    expect(state).to.include({ hex: `p-${hex}`, dec: `p-${Number.parseInt(hex, 16)}`, b64Url: `p-${id}` });
    expect(hex).to.have.length(8);
    expect(new Set([1, 2, 3, 4].map(() => random().id)).size).to.equal(4);
  });
});

describe("ids", () => {
  it("tell grants under conditions from grants without", () => {
    const inputs = { project, role: "roles/cloudsql.client", member: "group:ops@example.dev" };
    const condition = { title: "one", expression: "true" };
    const id = (given: Values) => live("projects/iAMMember:IAMMember", given).id;
    expect(id(inputs)).to.equal("demo/roles/cloudsql.client/group:ops@example.dev");
    expect(id({ ...inputs, condition })).to.equal(
      "demo/roles/cloudsql.client/group:ops@example.dev/one//true",
    );
  });

  it("put a pool under its cluster, however the cluster is named", () => {
    const id = (name: string) => live("container/nodePool:NodePool", { ...poolInputs, cluster: name }).id;
    expect(id(cluster.id)).to.equal(`${cluster.id}/nodePools/general`);
    expect(id("main")).to.equal(`${cluster.id}/nodePools/general`);
  });
});

describe("ranges", () => {
  it("are read with their bounds, and refused with bits beyond the prefix", () => {
    expect(parseRange("10.0.0.0/22")).to.deep.equal({ first: 167772160, last: 167773183, prefix: 22 });
    expect(["10.0.0.1/22", "10.0.0/22", "10.0.0.0/33", "256.0.0.0/8", ""].map(parseRange)).to.deep.equal(
      Array(5).fill(undefined),
    );
    expect(parseRange("0.0.0.0/0")?.last).to.equal(2 ** 32 - 1);
  });

  it("shrink when they lose an address", () => {
    expect(shrinks("10.0.0.0/22", "10.0.0.0/22")).to.equal(false);
    expect(shrinks("10.0.0.0/22", "10.0.0.0/21")).to.equal(false);
    expect(shrinks("10.0.0.0/22", "10.0.1.0/24")).to.equal(true);
  });
});

describe("service agents", () => {
  it("have the addresses that grants name", () => {
    expect(
      live("projects/serviceIdentity:ServiceIdentity", { service: "container.googleapis.com" }).state[
        "member"
      ],
    ).to.equal(agent);
  });
});
