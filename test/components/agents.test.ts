/** What an account with these rights may do, and may not, is in test/full/agents. */
import { expect } from "chai";

import { Agents, type AgentsArgs } from "../../components/agents";
import { record } from "../support/recorder";

const types = {
  account: "kubernetes:core/v1:ServiceAccount",
  config: "kubernetes:core/v1:ConfigMap",
  role: "kubernetes:rbac.authorization.k8s.io/v1:Role",
  binding: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
};
const args: AgentsArgs = {
  namespace: "deploys",
  accounts: { staging: "staging@acme.example", production: "production@acme.example" },
  registryHost: "host.example",
};
const jenkins = { namespace: "jenkins", starter: "deploy-agents" };
const agents = (more: Partial<AgentsArgs> = {}) => record(() => new Agents("deploys", { ...args, ...more }));

describe("agents of pipelines", () => {
  it("act as one Google account each", async () => {
    const made = (await agents()).all(types.account).map(({ inputs }) => inputs["metadata"]);
    expect(made).to.have.deep.members(
      ["staging", "production"].map((name) => ({
        name,
        namespace: "deploys",
        annotations: { "iam.gke.io/gcp-service-account": `${name}@acme.example` },
      })),
    );
  });

  it("are started by nobody, and call nobody, where there is no Jenkins", async () => {
    const { registrations } = await agents();
    const kinds = registrations.map(({ type }) => type);
    expect(kinds).to.not.include.members([types.role]);
    expect(kinds).to.not.include.members([types.policy]);
  });

  it("are started by the one account that is named, which may do nothing but that", async () => {
    const recording = await agents({ jenkins });
    expect(recording.one(types.binding).inputs["subjects"]).to.deep.equal([
      { kind: "ServiceAccount", name: "deploy-agents", namespace: "jenkins" },
    ]);
    const rules = recording.one(types.role).inputs["rules"] as { resources: string[]; verbs: string[] }[];
    expect(Object.fromEntries(rules.map(({ resources, verbs }) => [resources.join(), verbs]))).to.deep.equal({
      pods: ["create", "delete", "get", "list", "patch", "watch"],
      "pods/exec": ["create", "get"],
      "pods/log": ["get", "list", "watch"],
      events: ["get", "list", "watch"],
    });
  });

  it("call Jenkins in its own namespace, where it answers", async () => {
    const { inputs } = (await agents({ jenkins })).one(types.policy);
    expect(inputs["spec"]).to.deep.equal({
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            {
              namespaceSelector: {
                matchExpressions: [
                  { key: "kubernetes.io/metadata.name", operator: "In", values: ["jenkins"] },
                ],
              },
              podSelector: { matchLabels: { "app.kubernetes.io/name": "jenkins" } },
            },
          ],
          ports: [
            { protocol: "TCP", port: 8080 },
            { protocol: "TCP", port: 50000 },
          ],
        },
      ],
    });
  });
});
