/** Gateways and routes on a real control plane, and their load balancers in the emulated cloud. */
import { expect } from "chai";

import { gatewayObject, redirectRoute, tlsPolicy } from "../../../../components/gateway";
import type { Values } from "../../../../local/cloud/rules/shape";
import { apply, ask, removeFolders } from "../../../support/clusters";
import { eventsOf, type Gke, holding, objectAt, region, startGke, until } from "../../../support/gke";
import { make as makeResource, project, refusal } from "../../../support/small-cloud";

interface Status {
  readonly addresses?: readonly { readonly value: string }[];
  readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  readonly listeners?: readonly { readonly name: string; readonly attachedRoutes: number }[];
  readonly parents?: readonly Status[];
}

const group = "/apis/gateway.networking.k8s.io/v1/namespaces/default";

const gatewayOf = (
  name: string,
  fields: { spec?: object; annotations?: object; namespace?: string } = {},
) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: { name, namespace: fields.namespace ?? "default", annotations: fields.annotations ?? {} },
  spec: {
    gatewayClassName: "gke-l7-global-external-managed",
    listeners: [{ name: "http", port: 80, protocol: "HTTP" }],
    ...fields.spec,
  },
});

const routeOf = (name: string, gateway: string, backend: object, fields: object = {}) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name, namespace: "default" },
  spec: {
    parentRefs: [{ name: gateway }],
    hostnames: ["api.example.dev"],
    rules: [{ backendRefs: [backend] }],
    ...fields,
  },
});

const serviceOf = (name: string, namespace = "default") => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
});

describe("gateways", () => {
  let gke: Gke;

  const make = async (...objects: object[]) => {
    const { exitCode, stderr } = await apply(gke.control, ...objects);
    expect(exitCode, stderr).to.equal(0);
  };
  const statusOf = async (kind: string, name: string) =>
    (await gke.control.api.get<{ status?: Status }>(`${group}/${kind}/${name}`)).status ?? {};
  /** `status reason` of a condition, once it is so. */
  const condition = (kind: string, name: string, type: string, expected: string) =>
    until(`${name} is ${type} ${expected}`, async () => {
      const status = await statusOf(kind, name);
      const found = (status.parents?.[0] ?? status).conditions?.find((other) => other.type === type);
      return found && `${found.status} ${found.reason}` === expected && found;
    });
  const programmed = async (name: string) => {
    await condition("gateways", name, "Programmed", "True Programmed");
    return (await statusOf("gateways", name)).addresses?.[0]?.value ?? "";
  };
  const parts = () =>
    gke.cloud
      .list()
      .filter(({ kind }) => /^compute\//.test(kind) && !/Network$|Subnetwork$/.test(kind))
      .filter(({ inputs }) => inputs["description"] !== undefined);
  const names = (kind: string) =>
    parts()
      .filter((part) => part.kind.endsWith(`:${kind}`))
      .map(({ inputs }) => inputs["name"]);
  const removed = async (...kindsAndNames: string[]) => {
    await ask(gke.control, "delete", ...kindsAndNames, "--timeout=180s");
  };

  before(async () => {
    gke = await startGke();
    await make(serviceOf("billing"), serviceOf("auth"));
  });
  after(async () => {
    await gke.stop();
    removeFolders();
  });
  afterEach(() => expect(gke.errors.splice(0)).to.deep.equal([]));

  it("get an address, and with a route endpoints in each zone and all between them", async () => {
    await make(gatewayOf("web"), routeOf("billing", "web", { name: "billing", port: 80 }));
    expect(await programmed("web")).to.match(/^203\.0\.113\.\d+$/);
    await condition("httproutes", "billing", "Accepted", "True Accepted");
    await condition("httproutes", "billing", "ResolvedRefs", "True ResolvedRefs");
    await until("the endpoints are there", () => names("NetworkEndpointGroup").length === 3);
    await until(
      "the route counts",
      async () => (await statusOf("gateways", "web")).listeners?.[0]?.attachedRoutes === 1,
    );

    const count = (kind: string) => names(kind).length;
    expect(new Set(names("NetworkEndpointGroup"))).to.have.length(1);
    expect(names("NetworkEndpointGroup")[0]).to.match(/^k8s1-[0-9a-f]{8}-default-billing-80-[0-9a-f]{8}$/);
    expect(names("BackendService").map(String).sort()[0]).to.match(
      /^gkegw1-[0-9a-z]{4}-default-billing-80-[0-9a-z]{12}$/,
    );
    expect([
      count("BackendService"),
      count("HealthCheck"),
      count("URLMap"),
      count("TargetHttpProxy"),
    ]).to.deep.equal([2, 2, 1, 1]);
    expect([count("GlobalForwardingRule"), count("GlobalAddress"), count("Firewall")]).to.deep.equal([
      1, 1, 1,
    ]);
    const { metadata } = await gke.control.api.get<{ metadata: { finalizers: string[] } }>(
      `${group}/gateways/web`,
    );
    expect(metadata.finalizers).to.deep.equal(["gateway.finalizer.networking.gke.io"]);
  });

  it("send hosts and paths where their routes say", async () => {
    const weighted = [
      { name: "billing", port: 80, weight: 9 },
      { name: "auth", port: 80, weight: 1 },
    ];
    await make(
      routeOf(
        "billing",
        "web",
        {},
        {
          rules: [
            { backendRefs: [{ name: "billing", port: 80 }] },
            { matches: [{ path: { type: "PathPrefix", value: "/login" } }], backendRefs: weighted },
          ],
        },
      ),
    );
    await until("the second service is there", () => names("NetworkEndpointGroup").length === 6);
    const map = await until("the map knows it", () =>
      parts().find(
        ({ kind, inputs }) => kind.endsWith(":URLMap") && JSON.stringify(inputs).includes("/login"),
      ),
    );
    const [matcher] = map.inputs["pathMatchers"] as [{ routeRules: Values[] }];
    expect(matcher.routeRules.map(({ matchRules }) => matchRules)).to.deep.equal([
      [{ prefixMatch: "/login" }],
      [{ prefixMatch: "/" }],
    ]);
    const action = matcher.routeRules[0]?.["routeAction"] as {
      weightedBackendServices: { weight: number }[];
    };
    expect(action.weightedBackendServices.map(({ weight }) => weight)).to.deep.equal([9, 1]);
    expect(map.inputs["hostRules"]).to.deep.equal([{ hosts: ["api.example.dev"], pathMatcher: "host1" }]);
  });

  it("hold network and subnetwork until they are deleted", async () => {
    for (const [kind, id] of [
      ["compute/network:Network", gke.network],
      ["compute/subnetwork:Subnetwork", gke.subnetwork],
    ] as const) {
      expect(await refusal(gke.cloud.remove(kind, project.id, id))).to.include("NetworkEndpointGroup");
    }
  });

  it("are found again by the next controller, which makes nothing twice", async () => {
    const address = await programmed("web");
    const before = parts().map(({ id }) => id);
    const journal = gke.cloud.journal.entries().length;
    await gke.restart();
    await make(gatewayOf("second"));
    await programmed("second");
    expect(await programmed("web")).to.equal(address);
    expect(parts().map(({ id }) => id)).to.include.members(before);
    const calls = gke.cloud.journal.entries(journal).map(({ call, outcome }) => `${call} ${outcome}`);
    // Of its own: an address, a check and a backend for nobody, a map, a proxy and a rule.
    expect(calls).to.deep.equal(Array(6).fill("create ok"));
    await removed("gateway", "second");
  });

  it("lose what a route needed when the route goes", async () => {
    await removed("httproute", "billing");
    await until("no endpoints are left", () => names("NetworkEndpointGroup").length === 0);
    await until("only its own backend is left", () => names("BackendService").length === 1);
  });

  it("are gone only when nothing of them is left in the cloud", async () => {
    await make(routeOf("billing", "web", { name: "billing", port: 80 }));
    await until("the endpoints are there", () => names("NetworkEndpointGroup").length === 3);
    await removed("gateway", "web");
    expect(parts()).to.deep.equal([]);
    await until(
      "the route has no parent",
      async () => (await statusOf("httproutes", "billing")).parents?.length === 0,
    );
    await removed("httproute", "billing");
  });

  it("use a named address, and hold it", async () => {
    await make(gatewayOf("named", { spec: { addresses: [{ type: "NamedAddress", value: "front" }] } }));
    const { message } = await condition("gateways", "named", "Programmed", "False Invalid");
    expect(message).to.include("front was not found");
    expect(parts()).to.deep.equal([]);
    const id = await makeResource(gke.cloud, "compute/globalAddress:GlobalAddress", { name: "front" });
    const [reserved] = gke.cloud.list("compute/globalAddress:GlobalAddress", id);
    expect(await programmed("named")).to.equal(reserved?.state["address"]);
    expect(await refusal(gke.cloud.remove("compute/globalAddress:GlobalAddress", project.id, id))).to.include(
      "already being used",
    );
    await removed("gateway", "named");
    expect(gke.cloud.list("compute/globalAddress:GlobalAddress")).to.have.length(1);
  });

  it("of a region need a subnetwork for proxies, and get an address of their own network", async () => {
    await make(gatewayOf("inside", { spec: { gatewayClassName: "gke-l7-rilb" } }));
    const { message } = await condition("gateways", "inside", "Programmed", "False Invalid");
    expect(message).to.include("proxy-only subnetwork");
    expect((await eventsOf(gke, "inside")).join()).to.include("proxy-only subnetwork");
    await makeResource(gke.cloud, "compute/subnetwork:Subnetwork", {
      ...{ name: "proxies", network: gke.network, region, ipCidrRange: "10.0.13.0/24" },
      ...{ purpose: "REGIONAL_MANAGED_PROXY", role: "ACTIVE" },
    });
    expect(await programmed("inside")).to.match(/^10\.0\.[0-3]\.\d+$/);
    expect(names("RegionUrlMap")).to.have.length(1);
    await removed("gateway", "inside");
    await make(gatewayOf("outside", { spec: { gatewayClassName: "gke-l7-regional-external-managed" } }));
    expect(await programmed("outside")).to.match(/^203\.0\.113\.\d+$/);
    await removed("gateway", "outside");
    expect(parts()).to.deep.equal([]);
  });

  it("for HTTPS need a certificate: a map, or a secret that is there", async () => {
    const https = { name: "https", port: 443, protocol: "HTTPS" };
    const tls = { certificateRefs: [{ name: "web-tls" }] };
    await make(gatewayOf("secure", { spec: { listeners: [{ ...https, tls }] } }));
    await condition("gateways", "secure", "Programmed", "False Invalid");
    await make({
      ...{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name: "web-tls" } },
      data: { "tls.crt": "YQ==", "tls.key": "YQ==" },
    });
    await programmed("secure");
    expect(names("SSLCertificate")).to.have.length(1);
    const certmap = { "networking.gke.io/certmap": "all" };
    await make(gatewayOf("secure", { annotations: certmap, spec: { listeners: [https] } }));
    const { message } = await condition("gateways", "secure", "Programmed", "False Invalid");
    expect(message).to.include("the certificate map all was not found");
    expect(names("SSLCertificate"), "stays until the map is there").to.have.length(1);
    await makeResource(gke.cloud, "certificatemanager/certificateMap:CertificateMap", { name: "all" });
    // A change has it looked at at once.
    await make(gatewayOf("secure", { annotations: { ...certmap, again: "" }, spec: { listeners: [https] } }));
    await until("the map is used", () =>
      parts().some(({ inputs }) => JSON.stringify(inputs).includes("/certificateMaps/all")),
    );
    await until("the certificate is gone", () => names("SSLCertificate").length === 0);
    await removed("gateway", "secure");
    expect(parts()).to.deep.equal([]);
  });

  it("as the program makes them stand at its address with its TLS, and hold all that is theirs", async () => {
    const place = (name: string) => ({ name, namespace: "default" });
    const own = {
      address: await makeResource(gke.cloud, "compute/globalAddress:GlobalAddress", { name: "own" }),
      map: await makeResource(gke.cloud, "certificatemanager/certificateMap:CertificateMap", { name: "own" }),
    };
    await make(tlsPolicy(place("public"), "own"), gatewayObject(place("public"), "own", "own"));
    const { message } = await condition("gateways", "public", "Programmed", "False Invalid");
    expect(message).to.include("the TLS policy own was not found");
    expect(parts()).to.deep.equal([]);
    const tls = await makeResource(gke.cloud, "compute/sSLPolicy:SSLPolicy", { name: "own" });
    const secure = { parentRefs: [{ name: "public", sectionName: "https" }] };
    await make(
      redirectRoute(place("redirect"), "public"),
      routeOf("billing", "public", { name: "billing", port: 80 }, secure),
    );
    const [reserved] = gke.cloud.list("compute/globalAddress:GlobalAddress", own.address);
    expect(await programmed("public")).to.equal(reserved?.state["address"]);

    const inputsOf = (kind: string) => parts().filter((part) => part.kind.endsWith(`:${kind}`));
    const rules = inputsOf("GlobalForwardingRule").map(({ inputs }) => [
      inputs["ipAddress"],
      inputs["portRange"],
    ]);
    expect(rules).to.have.deep.members([
      [own.address, "80-80"],
      [own.address, "443-443"],
    ]);
    expect(inputsOf("TargetHttpsProxy").map(({ inputs }) => inputs["sslPolicy"])).to.deep.equal([tls]);
    const maps = await until("both routes are in a map", () => {
      const texts = inputsOf("URLMap").map(({ inputs }) => JSON.stringify(inputs));
      return ["urlRedirect", "api.example.dev"].every((word) => texts.join().includes(word)) && texts;
    });
    const redirects = maps.filter((text) => text.includes('"httpsRedirect":true'));
    expect(redirects).to.have.length(1);
    expect(redirects[0]).to.include("MOVED_PERMANENTLY_DEFAULT").and.not.to.include("api.example.dev");
    expect(maps.filter((text) => text.includes("api.example.dev"))).to.have.length(1);

    const held = [
      ["compute/globalAddress:GlobalAddress", own.address],
      ["certificatemanager/certificateMap:CertificateMap", own.map],
      ["compute/sSLPolicy:SSLPolicy", tls],
    ] as const;
    for (const [kind, id] of held) {
      expect(await refusal(gke.cloud.remove(kind, project.id, id)), kind).not.to.equal("accepted");
    }
    await removed("httproute", "billing", "redirect");
    await removed("gateway", "public");
    for (const [kind, id] of held) {
      expect(await refusal(gke.cloud.remove(kind, project.id, id)), kind).to.equal("accepted");
    }
    await removed("gcpgatewaypolicy", "public");
    expect(parts()).to.deep.equal([]);
  });

  it("take the oldest of two policies, and tell the other", async () => {
    const path = "/apis/networking.gke.io/v1/namespaces/default/gcpgatewaypolicies";
    const policy = (name: string, gateway: string) => {
      const made = tlsPolicy({ name, namespace: "default" }, name);
      const targetRef = { ...made.spec.targetRef, name: gateway };
      return { ...made, spec: { ...made.spec, targetRef } };
    };
    const attached = (name: string, expected: string) =>
      until(`${name} is ${expected}`, async () => {
        const found = await objectAt<{ status?: Status }>(gke, `${path}/${name}`);
        const { status, reason } = found?.status?.conditions?.[0] ?? {};
        return `${status} ${reason}` === expected;
      });
    await makeResource(gke.cloud, "compute/sSLPolicy:SSLPolicy", { name: "b-first" });
    await make(policy("b-first", "plain"));
    await attached("b-first", "False TargetNotFound");
    await make(gatewayOf("plain"));
    await attached("b-first", "True Attached");
    await until("a second has passed, which is how ages are told", async () => {
      const found = await objectAt<{ metadata: { creationTimestamp: string } }>(gke, `${path}/b-first`);
      return found !== undefined && Date.now() - Date.parse(found.metadata.creationTimestamp) > 1_000;
    });
    await make(policy("a-second", "plain"));
    await attached("a-second", "False Conflicted");
    await programmed("plain");
    await removed("gcpgatewaypolicy", "b-first", "a-second");
    await removed("gateway", "plain");
    await gke.cloud.remove(
      "compute/sSLPolicy:SSLPolicy",
      project.id,
      gke.cloud.list("compute/sSLPolicy:SSLPolicy")[0]?.id ?? "",
    );
  });

  it("tell a route what is wrong with it", async () => {
    const grant = {
      apiVersion: "gateway.networking.k8s.io/v1beta1",
      kind: "ReferenceGrant",
      metadata: { name: "routes", namespace: "shop" },
      spec: {
        from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "default" }],
        to: [{ group: "", kind: "Service" }],
      },
    };
    const shop = { name: "cart", namespace: "shop", port: 80 };
    await make(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
      serviceOf("cart", "shop"),
      gatewayOf("strict", {
        spec: { listeners: [{ name: "http", port: 80, protocol: "HTTP", hostname: "*.example.dev" }] },
      }),
      routeOf("lost", "strict", { name: "bilings", port: 80 }),
      routeOf("port", "strict", { name: "billing", port: 8080 }),
      routeOf("abroad", "strict", shop),
      routeOf("host", "strict", { name: "billing", port: 80 }, { hostnames: ["api.example.org"] }),
      routeOf(
        "section",
        "strict",
        { name: "billing", port: 80 },
        { parentRefs: [{ name: "strict", sectionName: "https" }] },
      ),
    );
    await condition("httproutes", "lost", "ResolvedRefs", "False BackendNotFound");
    await condition("httproutes", "port", "ResolvedRefs", "False BackendNotFound");
    await condition("httproutes", "abroad", "ResolvedRefs", "False RefNotPermitted");
    await condition("httproutes", "host", "Accepted", "False NoMatchingListenerHostname");
    await condition("httproutes", "section", "Accepted", "False NoMatchingParent");
    await make(grant);
    await condition("httproutes", "abroad", "ResolvedRefs", "True ResolvedRefs");
    await removed("httproute", "--all");
    await removed("gateway", "strict");
    expect(await objectAt(gke, `${group}/gateways/strict`)).to.equal(undefined);
    expect(parts()).to.deep.equal([]);
  });

  it("are deleted though another cannot be, in a namespace that is going; it goes when that one can", async () => {
    await make(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "a-going" } },
      gatewayOf("held", { namespace: "a-going" }),
      gatewayOf("free"),
    );
    await programmed("free");
    const rule = await until("the rule of the other is there", () =>
      parts().find(
        ({ kind, inputs }) =>
          kind.endsWith(":GlobalForwardingRule") && JSON.stringify(inputs).includes("a-going/held"),
      ),
    );
    gke.cloud.faults.add(holding(rule.kind, rule.id));
    await gke.control.api.delete("/api/v1/namespaces/a-going");
    await until("it is tried", () =>
      gke.cloud.journal.entries().some(({ outcome }) => outcome.includes("400: held")),
    );
    await removed("gateway", "free");
    expect(await objectAt(gke, `${group}/gateways/free`)).to.equal(undefined);
    expect(names("GlobalForwardingRule")).to.deep.equal([rule.inputs["name"]]);
    gke.cloud.faults.clear();
    await until("the namespace is gone", async () => !(await objectAt(gke, "/api/v1/namespaces/a-going")));
    expect(parts()).to.deep.equal([]);
  });
});
