/** Which changes of an object make another one: the real provider's table, as the engine sees it. */
import { expect } from "chai";

import { deploymentOf, podOf, podSpec } from "../../../../support/clusters";
import { objectsOn } from "../../../../support/kubernetes-objects";

const deployment = "apps/v1:Deployment";
const named = (name: string, more: object = {}) => ({ metadata: { name }, ...more });
const from = (image: string, more: object = {}) =>
  podSpec({ containers: [{ name: "main", image, ...more }] });
const claim = (storage: string, storageClassName = "standard") =>
  named("data", { spec: { storageClassName, resources: { requests: { storage } } } });

describe("a change of an object", () => {
  const table: readonly [string, string, object, object, Record<string, boolean>][] = [
    ["nothing is no change", "core/v1:ConfigMap", named("a"), named("a"), {}],
    [
      "a null is nothing",
      "core/v1:ConfigMap",
      named("a", { data: { a: "1", b: null } }),
      named("a", { data: { a: "1" } }),
      {},
    ],
    [
      "the namespace `default` is the same as none",
      "core/v1:ConfigMap",
      named("a"),
      { metadata: { name: "a", namespace: "default" } },
      {},
    ],
    ["another name replaces", "core/v1:ConfigMap", named("a"), named("b"), { "metadata.name": true }],
    [
      "another namespace replaces",
      "core/v1:ConfigMap",
      { metadata: { name: "a", namespace: "x" } },
      { metadata: { name: "a", namespace: "y" } },
      { "metadata.namespace": true },
    ],
    [
      "the data of a ConfigMap is updated",
      "core/v1:ConfigMap",
      named("a", { data: { "a.b": "1" } }),
      named("a", { data: { "a.b": "2", c: "3" } }),
      { 'data["a.b"]': false, "data.c": false },
    ],
    [
      "the data of one that is immutable replaces",
      "core/v1:ConfigMap",
      named("a", { immutable: true, data: { a: "1" } }),
      named("a", { immutable: true, data: { a: "2" } }),
      { "data.a": true },
    ],
    [
      "the type of a Secret replaces",
      "core/v1:Secret",
      named("a", { type: "Opaque", stringData: { a: "1" } }),
      named("a", { type: "kubernetes.io/tls", stringData: { a: "2" } }),
      { type: true, "stringData.a": false },
    ],
    [
      "a Deployment's image is updated, by its place",
      deployment,
      deploymentOf("a", 1, from("main:1")),
      deploymentOf("a", 2, from("main:2")),
      { "spec.replicas": false, "spec.template.spec.containers[0].image": false },
    ],
    [
      "a Deployment's selector replaces",
      deployment,
      named("a", { spec: { selector: { matchLabels: { app: "a" } } } }),
      named("a", { spec: { selector: { matchLabels: { app: "b" } } } }),
      { "spec.selector.matchLabels.app": true },
    ],
    [
      "a selector that comes with everything else replaces",
      deployment,
      named("a"),
      named("a", { spec: { selector: { matchLabels: { app: "b" } } } }),
      { spec: true },
    ],
    [
      "a StatefulSet's service and claims replace, its replicas do not",
      "apps/v1:StatefulSet",
      named("a", { spec: { serviceName: "a", replicas: 1, volumeClaimTemplates: [] } }),
      named("a", { spec: { serviceName: "b", replicas: 2, volumeClaimTemplates: [{}] } }),
      { "spec.serviceName": true, "spec.replicas": false, "spec.volumeClaimTemplates[0]": true },
    ],
    [
      "a Job's template replaces",
      "batch/v1:Job",
      named("a", { spec: { backoffLimit: 1, template: { spec: from("main:1") } } }),
      named("a", { spec: { backoffLimit: 2, template: { spec: from("main:2") } } }),
      { "spec.backoffLimit": false, "spec.template.spec.containers[0].image": true },
    ],
    [
      "a CronJob's template does not",
      "batch/v1:CronJob",
      named("a", { spec: { jobTemplate: { spec: { template: { spec: from("main:1") } } } } }),
      named("a", { spec: { jobTemplate: { spec: { template: { spec: from("main:2") } } } } }),
      { "spec.jobTemplate.spec.template.spec.containers[0].image": false },
    ],
    [
      "a claim grows",
      "core/v1:PersistentVolumeClaim",
      claim("1Gi"),
      claim("2Gi"),
      { "spec.resources.requests.storage": false },
    ],
    [
      "a claim's class replaces",
      "core/v1:PersistentVolumeClaim",
      claim("1Gi"),
      claim("1Gi", "fast"),
      { "spec.storageClassName": true },
    ],
    [
      "a storage class' parameters replace",
      "storage.k8s.io/v1:StorageClass",
      named("a", { parameters: { type: "slow" }, allowVolumeExpansion: false }),
      named("a", { parameters: { type: "fast" }, allowVolumeExpansion: true }),
      { "parameters.type": true, allowVolumeExpansion: false },
    ],
    [
      "a pod's image and environment replace, its tolerations do not",
      "core/v1:Pod",
      podOf("a", { ...from("main:1", { env: [] }), tolerations: [] }),
      podOf("a", { ...from("main:2", { env: [{ name: "A" }] }), tolerations: [{ key: "a" }] }),
      {
        "spec.containers[0].image": true,
        "spec.containers[0].env[0]": true,
        "spec.tolerations[0]": false,
      },
    ],
    [
      "a binding's role replaces, its subjects do not",
      "rbac.authorization.k8s.io/v1:RoleBinding",
      named("a", { roleRef: { name: "view" }, subjects: [{ name: "a" }] }),
      named("a", { roleRef: { name: "edit" }, subjects: [] }),
      { "roleRef.name": true, "subjects[0]": false },
    ],
    [
      "a custom resource is updated, whatever it is called",
      "example.com/v1:Job",
      { apiVersion: "example.com/v1", kind: "Job", ...named("a", { spec: { template: "a" } }) },
      { apiVersion: "example.com/v1", kind: "Job", ...named("a", { spec: { template: "b" } }) },
      { "spec.template": false },
    ],
    [
      "a patch is updated, whatever it sets",
      "apps/v1:DeploymentPatch",
      { kind: "Deployment", ...named("a", { spec: { selector: { matchLabels: { a: "b" } } } }) },
      { kind: "Deployment", ...named("a", { spec: { selector: { matchLabels: { a: "c" } } } }) },
      { "spec.selector.matchLabels.a": false },
    ],
  ];
  const on = objectsOn(undefined);
  for (const [title, kind, old, next, expected] of table) {
    it(`of ${title}`, () => {
      expect(on.plan(kind, old, next).paths).to.deep.equal(expected);
    });
  }

  it("of the data of a ConfigMap or a Secret replaces where the provider does not say that they may change", () => {
    const strict = objectsOn(undefined, { mutability: { configMaps: false, secrets: false } });
    const plan = (kind: string, key: string) =>
      strict.plan(kind, named("a", { [key]: { a: "1" } }), named("a", { [key]: { a: "2" } })).paths;
    expect(plan("core/v1:ConfigMap", "data")).to.deep.equal({ "data.a": true });
    expect(plan("core/v1:Secret", "stringData")).to.deep.equal({ "stringData.a": true });
  });

  it("frees a name before the next object takes it, and not for another name", () => {
    const job = (name: string, parallelism: number) => named(name, { spec: { parallelism } });
    expect(on.plan("batch/v1:Job", job("a", 1), job("a", 2)).deleteBeforeReplace).to.equal(true);
    expect(on.plan("batch/v1:Job", job("a", 1), job("b", 1)).deleteBeforeReplace).to.equal(false);
  });
});
