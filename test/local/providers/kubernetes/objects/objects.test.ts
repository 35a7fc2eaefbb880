/** What the stand-in does with objects on a real API server. */
import { expect } from "chai";

import { setNodePool } from "../../../../../local/clusters/node-pools";
import type { ControlPlane } from "../../../../../local/clusters/control-plane";
import { unknown } from "../../../../../local/providers/wire";
import {
  apply,
  ask,
  deploymentOf,
  podOf,
  podSpec,
  pool,
  removeFolders,
  startTemporary,
} from "../../../../support/clusters";
import { failureOf, objectsOn, patience } from "../../../../support/kubernetes-objects";

const deployment = "apps/v1:Deployment";
const configMap = "core/v1:ConfigMap";
const privileged = podSpec({
  containers: [{ name: "main", image: "example.com/main:1", securityContext: { privileged: true } }],
});
const settings = (name: string, data: object, namespace?: string) => ({
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  data,
});
const meeting = (name: string, topic: object = { topic: "budget" }) => ({
  apiVersion: "example.com/v1",
  kind: "Meeting",
  metadata: { name },
  spec: topic,
});
const definition = {
  metadata: { name: "meetings.example.com" },
  spec: {
    group: "example.com",
    names: { kind: "Meeting", plural: "meetings" },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", x_kubernetes_preserve_unknown_fields: true } },
          },
        },
      },
    ],
  },
};

describe("the stand-in for Kubernetes objects", () => {
  let cluster: ControlPlane;
  let on: ReturnType<typeof objectsOn>;

  before(async () => {
    cluster = await startTemporary();
    await setNodePool(cluster, pool());
    await apply(cluster, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "strict", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
  });
  beforeEach(() => {
    on = objectsOn(cluster);
  });
  after(async () => {
    await cluster.stop();
    removeFolders();
  });

  const get = async (path: string) => JSON.parse(await ask(cluster, "get", "--raw", path)) as never;

  describe("in a preview", () => {
    it("refuses a misspelt optional field, and names it", async () => {
      const containers = [{ name: "main", image: "example.com/main:1", imagePullPolcy: "Always" }];
      const call = on.preview(deployment, deploymentOf("misspelt", 1, podSpec({ containers })));
      expect((await failureOf(call)).message)
        .to.contain('Deployment "default/misspelt" (apps/v1): the API server refuses it')
        .and.contain('unknown field "spec.template.spec.containers[0].imagePullPolcy"');
    });

    it("refuses what the API server finds invalid, with what is allowed", async () => {
      const call = on.preview(deployment, deploymentOf("wrong", 1, podSpec({ restartPolicy: "Sometimes" })));
      expect((await failureOf(call)).message).to.contain(
        'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always"',
      );
    });

    it("takes a privileged pod in a restricted namespace, as the real one does, and warns", async () => {
      const object = podOf("root", privileged, "strict");
      expect(await on.preview("core/v1:Pod", object)).to.have.property("kind", "Pod");
      expect(on.warnings.join()).to.contain('violates PodSecurity "restricted:latest": privileged');
      expect((await failureOf(on.create("core/v1:Pod", object))).message).to.contain(
        'violates PodSecurity "restricted:latest": privileged',
      );
    });

    it("warns of a Deployment whose pods Pod Security will refuse, and takes it", async () => {
      const object = deploymentOf("root", 1, privileged);
      const inputs = { ...object, metadata: { name: "root", namespace: "strict" } };
      expect(await on.preview(deployment, inputs)).to.have.property("kind", "Deployment");
      expect(on.warnings).to.have.length(1);
      expect(on.warnings[0]).to.contain(
        'Deployment "strict/root" (apps/v1): its pods will be refused: violates PodSecurity "restricted:latest"',
      );
      await on.preview(deployment, {
        ...deploymentOf("fine", 1),
        metadata: { name: "fine", namespace: "strict" },
      });
      expect(on.warnings).to.have.length(1);
    });

    it("fails where a policy of the cluster denies", async () => {
      const owners = { name: "owners" };
      await apply(
        cluster,
        {
          apiVersion: "admissionregistration.k8s.io/v1",
          kind: "ValidatingAdmissionPolicy",
          metadata: owners,
          spec: {
            matchConstraints: {
              resourceRules: [
                { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["limitranges"] },
              ],
            },
            validations: [{ expression: "has(object.metadata.labels)", message: "say whose it is" }],
          },
        },
        {
          apiVersion: "admissionregistration.k8s.io/v1",
          kind: "ValidatingAdmissionPolicyBinding",
          metadata: owners,
          spec: { policyName: "owners", validationActions: ["Deny"] },
        },
      );
      const object = { metadata: { name: "limits" }, spec: { limits: [{ type: "Pod" }] } };
      let said = "";
      // A policy holds a moment after it is made.
      for (const end = Date.now() + 180_000; said === "" && Date.now() < end;) {
        said = await on.preview("core/v1:LimitRange", object).then(
          () => "",
          (error: Error) => error.message,
        );
      }
      expect(said).to.contain("say whose it is");
    });

    it("echoes inputs with something unknown, of an unknown kind, or for a cluster that is not there", async () => {
      const open = settings("open", { key: unknown, wrong: 1 as never });
      expect(await on.preview(configMap, open)).to.deep.include(open);
      const strange = { apiVersion: "nobody.example.com/v1", kind: "Thing", metadata: { name: "a" } };
      expect(await on.preview("nobody.example.com/v1:Thing", strange)).to.deep.equal(strange);
      const anything = settings("a", { wrong: 1 });
      expect(await objectsOn(undefined).preview(configMap, anything)).to.deep.include(anything);
    });

    it("says nothing of a namespace that comes in the same run", async () => {
      const inputs = settings("early", { key: "value" }, "later");
      expect(await on.preview(configMap, inputs)).to.deep.include(inputs);
    });

    it("keeps nothing, and leaves open what only the real run can answer", async () => {
      const planned = await on.preview("core/v1:Service", {
        metadata: { name: "dry" },
        spec: { ports: [{ port: 80 }] },
      });
      expect(planned["metadata"]).to.have.keys("name", "namespace");
      expect(planned).to.not.have.property("status");
      expect(planned["spec"]).to.not.have.property("clusterIP");
      expect(planned["spec"]).to.have.nested.property("ports[0].protocol", "TCP");
      expect(await ask(cluster, "get", "service", "dry", "--ignore-not-found")).to.equal("");
    });

    it("refuses a change that the API server would refuse", async () => {
      const claim = (storage: string) => ({
        metadata: { name: "shrinking" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage } },
          storageClassName: "none",
        },
      });
      const skipped = { ...claim("2Gi"), metadata: { name: "shrinking", annotations: skipAwait } };
      const state = await on.create("core/v1:PersistentVolumeClaim", skipped);
      const call = on.preview("core/v1:PersistentVolumeClaim", claim("1Gi"), state);
      expect((await failureOf(call)).message).to.contain("spec is immutable after creation");
    });
  });

  describe("making an object", () => {
    it("applies it, and names it by its namespace", async () => {
      const { id, outputs } = await on.create(configMap, settings("plain", { key: "value" }));
      expect(id).to.equal("default/plain");
      expect(outputs).to.have.nested.property("metadata.uid");
      expect(outputs).to.not.have.nested.property("metadata.managedFields");
      expect(await ask(cluster, "get", "configmap", "plain", "-o", "jsonpath={.data.key}")).to.equal("value");
      const role = { metadata: { name: "plain" }, rules: [] };
      expect((await on.create("rbac.authorization.k8s.io/v1:ClusterRole", role)).id).to.equal("plain");
    });

    it("refuses one that somebody else made, and says the ways out", async () => {
      await ask(cluster, "create", "configmap", "theirs");
      const { message } = await failureOf(on.create(configMap, settings("theirs", { key: "value" })));
      expect(message)
        .to.contain('"theirs" already exists')
        .and.contain("pulumi import kubernetes:core/v1:ConfigMap main default/theirs")
        .and.contain("ConfigMapPatch");
    });

    it("refuses a misspelt field though nobody previewed it", async () => {
      const call = on.create(configMap, { ...settings("misspelt", {}), dada: {} });
      expect((await failureOf(call)).message).to.contain('unknown field "dada"');
    });

    it("waits for a namespace, and for a definition, that come a moment later", async () => {
      const early = on.create(configMap, settings("early", { key: "value" }, "afterwards"));
      const custom = on.create("example.com/v1:Meeting", meeting("first"));
      await on.create("core/v1:Namespace", { metadata: { name: "afterwards" } });
      await on.create("apiextensions.k8s.io/v1:CustomResourceDefinition", definition);
      expect((await early).id).to.equal("afterwards/early");
      const made = await custom;
      expect(made.outputs).to.deep.include({ spec: { topic: "budget" } });
      await on.remove("example.com/v1:Meeting", made);
      expect(await on.read("example.com/v1:Meeting", made.id, made)).to.equal(undefined);
    });

    it("says which kind nobody knows when it does not come in time", async () => {
      const strange = { apiVersion: "nobody.example.com/v1", kind: "Thing", metadata: { name: "a" } };
      const call = on.create("nobody.example.com/v1:Thing", strange, patience(1));
      expect((await failureOf(call)).message).to.contain(
        "the API server knows no kind Thing in nobody.example.com/v1",
      );
    });

    it("stops waiting for a kind when the engine is told to stop", async () => {
      const stop = new AbortController();
      const strange = { apiVersion: "nobody.example.com/v1", kind: "Thing", metadata: { name: "a" } };
      const call = on.create("nobody.example.com/v1:Thing", strange, patience(60, stop.signal));
      setTimeout(() => stop.abort(), 300);
      const started = Date.now();
      expect((await failureOf(call)).message).to.contain("knows no kind");
      expect(Date.now() - started).to.be.below(900);
    });

    it("keeps the contents of a secret secret, however they were given", async () => {
      const { outputs } = await on.objects.create(
        { urn: "urn", kind: "core/v1:Secret", name: "main" },
        on.check("core/v1:Secret", { metadata: { name: "texts" }, stringData: { key: "value" } }).inputs,
        patience(10),
      );
      expect(outputs["data"]).to.have.property("value").that.deep.equals({ key: "dmFsdWU=" });
    });
  });

  describe("changing an object", () => {
    it("takes away a field that the program no longer has, and leaves those of others", async () => {
      const first = await on.create(configMap, settings("fields", { ours: "1", also: "2" }));
      await ask(cluster, "patch", "configmap", "fields", "-p", '{"data":{"theirs":"3"}}');
      const second = await on.update(configMap, first, settings("fields", { ours: "4" }));
      expect(second.outputs["data"]).to.deep.equal({ ours: "4", theirs: "3" });
      const third = await on.update(configMap, second, settings("fields", { new: "5" }));
      expect(third.outputs["data"]).to.deep.equal({ new: "5", theirs: "3" });
    });

    it("refuses to take a field that somebody else has set, and takes it when told so", async () => {
      const first = await on.create(configMap, settings("shared", { ours: "1" }));
      await ask(cluster, "patch", "configmap", "shared", "-p", '{"data":{"theirs":"3"}}');
      const next = settings("shared", { ours: "1", theirs: "4" });
      const { message } = await failureOf(on.update(configMap, first, next));
      expect(message).to.contain('conflict with "kubectl-patch"').and.contain("pulumi.com/patchForce");
      const annotations = { "pulumi.com/patchForce": "true" };
      const forced = await on.update(configMap, first, {
        ...next,
        metadata: { name: "shared", annotations },
      });
      expect(forced.outputs["data"]).to.deep.equal({ ours: "1", theirs: "4" });
    });

    it("says that an object is gone which somebody deleted", async () => {
      const first = await on.create(configMap, settings("brief", { key: "1" }));
      await ask(cluster, "delete", "configmap", "brief");
      const call = on.update(configMap, first, settings("brief", { key: "2" }));
      expect((await failureOf(call)).message).to.contain('ConfigMap "default/brief" (v1) is gone; refresh');
    });
  });

  describe("a patch", () => {
    const account = "core/v1:ServiceAccountPatch";
    const patch = (annotations: object) => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", annotations },
      automountServiceAccountToken: false,
    });

    it("sets fields of an object that is there, and gives up only them", async () => {
      const made = await on.create(account, patch({ team: "a" }));
      expect(made.id).to.equal("default/default");
      const path = "/api/v1/namespaces/default/serviceaccounts/default";
      expect(await get(path)).to.deep.include({ automountServiceAccountToken: false });
      const changed = await on.update(account, made, patch({ owner: "b" }));
      expect(await get(path))
        .to.have.nested.property("metadata.annotations")
        .that.deep.equals({ owner: "b" });

      await on.remove(account, changed);
      const left: object = await get(path);
      expect(left).to.have.nested.property("metadata.uid", (made.outputs["metadata"] as { uid: string }).uid);
      expect(left).to.not.have.property("automountServiceAccountToken");
      expect(left).to.not.have.nested.property("metadata.annotations");
    });

    it("refuses a misspelt field in a preview", async () => {
      const call = on.preview(account, { ...patch({}), automountServiceAcountToken: true });
      expect((await failureOf(call)).message).to.contain("automountServiceAcountToken");
    });

    it("does not make an object only to give it up", async () => {
      const account = { metadata: { name: "absent" }, kind: "ServiceAccount" };
      await on.remove("core/v1:ServiceAccountPatch", { id: "default/absent", inputs: account, outputs: {} });
      expect(await ask(cluster, "get", "serviceaccount", "absent", "--ignore-not-found")).to.equal("");
    });
  });

  describe("reading an object", () => {
    it("gives the inputs as they are now, and nothing that the API server filled in or writes its own way", async () => {
      const containers = [
        {
          name: "main",
          image: "example.com/main:1",
          resources: { requests: { cpu: "0.5", memory: "1024Mi" } },
        },
      ];
      const made = await on.create("core/v1:Pod", podOf("normal", podSpec({ containers })));
      const same = await on.read("core/v1:Pod", made.id, made);
      expect(same?.inputs).to.deep.equal(made.inputs);

      const map = await on.create(configMap, settings("drifting", { key: "1", other: "2" }));
      await ask(cluster, "patch", "configmap", "drifting", "-p", '{"data":{"key":"9","more":"3"}}');
      const drifted = await on.read(configMap, map.id, map);
      expect(drifted?.inputs).to.deep.include({ data: { key: "9", other: "2" } });
    });

    it("sees that the contents of a secret are others, though they were given as text", async () => {
      const inputs = { metadata: { name: "drifting" }, stringData: { key: "1" } };
      const made = await on.create("core/v1:Secret", inputs);
      expect((await on.read("core/v1:Secret", made.id, made))?.inputs).to.deep.include(inputs);
      await ask(cluster, "patch", "secret", "drifting", "-p", '{"stringData":{"key":"2"}}');
      const drifted = await on.read("core/v1:Secret", made.id, made);
      expect(drifted?.inputs["stringData"]).to.deep.equal({ key: "2" });
    });

    it("gives all of it to an import, so that the same program changes nothing", async () => {
      const made = await on.create(configMap, settings("imported", { key: "1" }));
      const found = await on.read(configMap, made.id);
      expect(found?.inputs).to.deep.equal({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "imported", namespace: "default" },
        data: { key: "1" },
      });
    });

    it("finds nothing where it is gone", async () => {
      expect(await on.read(configMap, "default/ghost")).to.equal(undefined);
      expect(await on.read("nobody.example.com/v1:Thing", "default/ghost")).to.equal(undefined);
    });

    it("says of an object that is not ready that it is not", async () => {
      const inputs = { ...deploymentOf("stuck", 1, podSpec({ nodeSelector: { none: "such" } })) };
      const metadata = { name: "stuck", annotations: skipAwait };
      const made = await on.create(deployment, { ...inputs, metadata });
      expect((await on.read(deployment, made.id, made))?.id).to.equal(made.id);
      const error = await failureOf(
        on.read(deployment, made.id, { ...made, inputs: { ...inputs } as never }),
      );
      expect(error.name).to.equal("NotInitialised");
      expect(error.found?.id).to.equal("default/stuck");
    });
  });

  describe("without a cluster", () => {
    const state = { id: "default/a", inputs: {}, outputs: {} };

    it("makes and changes nothing, and says why", async () => {
      const off = objectsOn(undefined);
      for (const call of [off.create(configMap, settings("a", {})), off.update(configMap, state, {})]) {
        expect((await failureOf(call)).message).to.equal(
          "configured Kubernetes cluster is unreachable: there is no cluster staging",
        );
      }
    });

    it("reads and deletes nothing, and says the way out", async () => {
      const off = objectsOn(undefined);
      for (const call of [off.read(configMap, "default/a"), off.remove(configMap, state)]) {
        expect((await failureOf(call)).message)
          .to.contain(
            "configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove",
          )
          .and.contain("PULUMI_K8S_DELETE_UNREACHABLE=true");
      }
    });

    it("counts objects as gone when it is told to", async () => {
      const off = objectsOn(undefined, { deleteUnreachable: true });
      await off.remove(configMap, state);
      expect(await off.read(configMap, "default/a")).to.equal(undefined);
    });
  });

  it("makes up no name, and says which annotations it does not know", () => {
    const failures = (inputs: object) => on.check(configMap, inputs).failures.map(({ property }) => property);
    expect(failures({ metadata: {} })).to.deep.equal(["metadata.name"]);
    expect(failures({ metadata: { name: unknown } })).to.deep.equal([]);
    const annotations = { "pulumi.com/waitFor": "condition=Ready" };
    expect(failures({ metadata: { name: "a", annotations } })).to.deep.equal([
      'metadata.annotations["pulumi.com/waitFor"]',
    ]);
  });
});

const skipAwait = { "pulumi.com/skipAwait": "true" };
