/** Secrets and who may read them. Versions, the values themselves, are made by people and are not emulated. */
import { diskKey } from "./container-node-config";
import { memberRule } from "./members";
import { at, lastSegment, listAt, textAt } from "./read";
import {
  deletionPolicy,
  flag,
  labelOutputs,
  labels,
  list,
  map,
  object,
  project,
  text,
  type Rule,
  type Value,
} from "./shape";

const encryption = () => object({ kmsKeyName: text({ required: true, reference: diskKey }) });

const secret: Rule = {
  kind: "secretmanager/secret:Secret",
  api: "secretmanager.googleapis.com",
  id: "projects/{project}/secrets/{secretId}",
  autonamed: "secretId",
  inputs: {
    annotations: map(text(), {
      keyPattern: /^[a-zA-Z0-9]([-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?$/,
    }),
    deletionPolicy: deletionPolicy(),
    deletionProtection: flag({ default: false, providerOnly: true }),
    labels: labels(),
    project: project(),
    replication: object(
      {
        auto: object({ customerManagedEncryption: encryption() }, { replaces: true }),
        userManaged: object(
          {
            replicas: list(
              object({
                customerManagedEncryption: encryption(),
                location: text({ required: true, replaces: true }),
              }),
              { required: true, replaces: true },
            ),
          },
          { replaces: true },
        ),
      },
      { required: true, replaces: true },
    ),
    secretId: text({
      required: true,
      replaces: true,
      pattern: /^[a-zA-Z0-9_-]{1,255}$/,
      rule: "1-255 letters, digits, - and _",
    }),
    versionDestroyTtl: text({
      pattern: /^[0-9]+(\.[0-9]{1,9})?s$/,
      rule: "seconds, such as 86400s",
    }),
  },
  computed: ["createTime", "effectiveAnnotations", "effectiveLabels", "expireTime", "name", "pulumiLabels"],
  outputs: ({ inputs }, around) => ({
    createTime: "2026-01-01T00:00:00.000000Z",
    effectiveAnnotations: inputs["annotations"] ?? {},
    expireTime: "",
    // Google answers with the project's number, whatever the call said.
    name: `projects/${around.project.number}/secrets/${textAt(inputs, "secretId")}`,
    ...labelOutputs(inputs["labels"]),
  }),
  refuses: (inputs) => {
    const replication = (name: string): Value | undefined => at(inputs, "replication", name);
    const replicas = listAt(inputs, "replication", "userManaged", "replicas");
    const locations = replicas.map((replica) => textAt(replica, "location"));
    return [
      ...((replication("auto") === undefined) === (replication("userManaged") === undefined)
        ? ["replication: exactly one of auto and userManaged"]
        : []),
      ...(replication("userManaged") !== undefined && replicas.length === 0
        ? ["replication.userManaged.replicas: missing"]
        : []),
      ...(new Set(locations).size < locations.length
        ? ["replication.userManaged.replicas: one location twice"]
        : []),
    ];
  },
  takes: { create: 3, update: 2, remove: 2 },
  source: "terraform-provider-google resource_secret_manager_secret",
};

export const secretmanager: readonly Rule[] = [
  secret,
  memberRule({
    kind: "secretmanager/secretIamMember:SecretIamMember",
    api: "secretmanager.googleapis.com",
    on: {
      project: project(),
      secretId: text({
        required: true,
        replaces: true,
        reference: { kinds: [secret.kind], short: "secretId", partOf: true },
      }),
    },
    onId: (inputs) =>
      `projects/${textAt(inputs, "project")}/secrets/${lastSegment(textAt(inputs, "secretId") ?? "")}`,
  }),
];
