import { diskKey } from "./container-node-config";
import { fullId, memberRule } from "./members";
import { at, listAt, textAt } from "./read";
import {
  deletionPolicy,
  flag,
  labelOutputs,
  labels,
  list,
  number,
  object,
  oneOf,
  project,
  text,
  type Rule,
  type Values,
} from "./shape";

/** The names that serve the addresses of the old Container Registry, each in one place only. */
const oldNames: Readonly<Record<string, string>> = {
  "gcr.io": "us",
  "us.gcr.io": "us",
  "eu.gcr.io": "europe",
  "asia.gcr.io": "asia",
};

const repositoryReference = { kinds: ["artifactregistry/repository:Repository"] };
const age = { pattern: /^[0-9]+(s|m|h|d)$/, rule: "an age such as 30d" };

const repository: Rule = {
  kind: "artifactregistry/repository:Repository",
  api: "artifactregistry.googleapis.com",
  id: "projects/{project}/locations/{location}/repositories/{repositoryId}",
  inputs: {
    cleanupPolicies: list(
      object({
        action: oneOf(["DELETE", "KEEP"]),
        condition: object({
          newerThan: text(age),
          olderThan: text(age),
          packageNamePrefixes: list(text()),
          tagPrefixes: list(text()),
          tagState: oneOf(["TAGGED", "UNTAGGED", "ANY"], { default: "ANY" }),
          versionNamePrefixes: list(text()),
        }),
        id: text({ required: true }),
        mostRecentVersions: object({ keepCount: number(), packageNamePrefixes: list(text()) }),
      }),
      { unordered: true },
    ),
    cleanupPolicyDryRun: flag(),
    deletionPolicy: deletionPolicy(),
    description: text(),
    dockerConfig: object({ immutableTags: flag() }),
    format: oneOf(["DOCKER", "MAVEN", "NPM", "PYTHON", "APT", "YUM", "KFP", "GO", "GENERIC"], {
      required: true,
      replaces: true,
    }),
    kmsKeyName: text({ replaces: true, reference: diskKey }),
    labels: labels(),
    location: text({
      replaces: true,
      computed: true,
      pattern: /^[a-z]+(-[a-z]+[0-9]+)?$/,
      rule: "a region, or us, europe or asia",
    }),
    mavenConfig: object({
      allowSnapshotOverwrites: flag({ replaces: true }),
      versionPolicy: oneOf(["VERSION_POLICY_UNSPECIFIED", "RELEASE", "SNAPSHOT"], {
        replaces: true,
        default: "VERSION_POLICY_UNSPECIFIED",
      }),
    }),
    mode: oneOf(["STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY"], {
      replaces: true,
      default: "STANDARD_REPOSITORY",
    }),
    project: project(),
    remoteRepositoryConfig: object(
      {
        commonRepository: object({ uri: text({ required: true, replaces: true }) }, { replaces: true }),
        description: text({ replaces: true }),
        disableUpstreamValidation: flag(),
        dockerRepository: object(
          {
            customRepository: object({ uri: text({ replaces: true }) }, { replaces: true }),
            publicRepository: oneOf(["DOCKER_HUB"], { replaces: true }),
          },
          { replaces: true },
        ),
        mavenRepository: object(
          {
            customRepository: object({ uri: text({ replaces: true }) }, { replaces: true }),
            publicRepository: oneOf(["MAVEN_CENTRAL"], { replaces: true }),
          },
          { replaces: true },
        ),
        npmRepository: object(
          {
            customRepository: object({ uri: text({ replaces: true }) }, { replaces: true }),
            publicRepository: oneOf(["NPMJS"], { replaces: true }),
          },
          { replaces: true },
        ),
        pythonRepository: object(
          {
            customRepository: object({ uri: text({ replaces: true }) }, { replaces: true }),
            publicRepository: oneOf(["PYPI"], { replaces: true }),
          },
          { replaces: true },
        ),
        upstreamCredentials: object({
          usernamePasswordCredentials: object({ passwordSecretVersion: text(), username: text() }),
        }),
      },
      { replaces: true },
    ),
    repositoryId: text({
      required: true,
      replaces: true,
      pattern: /^([a-z]([-a-z0-9]{0,61}[a-z0-9])?|(us\.|eu\.|asia\.)?gcr\.io)$/,
      rule: "1-63 lower case letters, digits and dashes, starting with a letter, or an old name such as gcr.io",
    }),
    virtualRepositoryConfig: object({
      upstreamPolicies: list(
        object({ id: text(), priority: number(), repository: text({ reference: repositoryReference }) }),
      ),
    }),
    vulnerabilityScanningConfig: object(
      { enablementConfig: oneOf(["INHERITED", "DISABLED"]) },
      { computed: true },
    ),
  },
  computed: [
    "name",
    "createTime",
    "updateTime",
    "registryUri",
    "vulnerabilityScanningConfig",
    "pulumiLabels",
    "effectiveLabels",
  ],
  outputs: ({ inputs }, around) => {
    const name = textAt(inputs, "repositoryId") ?? "";
    const location = textAt(inputs, "location") ?? "";
    const kind = (textAt(inputs, "format") ?? "").toLowerCase();
    return {
      name,
      createTime: "2026-01-01T00:00:00.000000Z",
      updateTime: "2026-01-01T00:00:00.000000Z",
      registryUri:
        name in oldNames
          ? `${name}/${around.project.id}`
          : `${location}-${kind}.pkg.dev/${around.project.id}/${name}`,
      vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
      ...labelOutputs(inputs["labels"]),
    };
  },
  refuses: (inputs) => [...nameProblems(inputs), ...cleanupProblems(inputs), ...modeProblems(inputs)],
  takes: { create: 10, update: 5, remove: 10 },
  source: "terraform-provider-google resource_artifact_registry_repository",
};

function nameProblems(inputs: Values): string[] {
  const name = textAt(inputs, "repositoryId") ?? "";
  const location = textAt(inputs, "location");
  if (!location) return ["location: missing"];
  const only = oldNames[name];
  return only && only !== location
    ? [`repositoryId: ${name} is only served from ${only}, not from ${location}`]
    : [];
}

function cleanupProblems(inputs: Values): string[] {
  const policies = listAt(inputs, "cleanupPolicies");
  const ids = policies.map((policy) => textAt(policy, "id") ?? "");
  return [
    ...(policies.length > 10 ? [`cleanupPolicies: ${policies.length}, at most 10`] : []),
    ...ids.filter((id, index) => ids.indexOf(id) < index).map((id) => `cleanupPolicies: ${id} twice`),
    ...policies.flatMap((policy) => {
      const parts = ["condition", "mostRecentVersions"].filter((name) => at(policy, name) !== undefined);
      const where = `cleanupPolicies ${textAt(policy, "id")}`;
      return [
        ...(parts.length === 1 ? [] : [`${where}: exactly one of condition and mostRecentVersions`]),
        ...(at(policy, "mostRecentVersions") && textAt(policy, "action") !== "KEEP"
          ? [`${where}: mostRecentVersions goes with action KEEP`]
          : []),
        ...(listAt(policy, "condition", "tagPrefixes").length > 0 &&
        textAt(policy, "condition", "tagState") !== "TAGGED"
          ? [`${where}: tagPrefixes goes with tagState TAGGED`]
          : []),
      ];
    }),
  ];
}

function modeProblems(inputs: Values): string[] {
  const mode = textAt(inputs, "mode") ?? "STANDARD_REPOSITORY";
  return [
    ["remoteRepositoryConfig", "REMOTE_REPOSITORY"] as const,
    ["virtualRepositoryConfig", "VIRTUAL_REPOSITORY"] as const,
  ].flatMap(([name, needed]) => {
    if (inputs[name] && mode !== needed) return [`${name}: only with mode ${needed}`];
    return !inputs[name] && mode === needed && needed === "REMOTE_REPOSITORY"
      ? [`${name}: needed with mode ${needed}`]
      : [];
  });
}

export const artifactregistry: readonly Rule[] = [
  repository,
  memberRule({
    kind: "artifactregistry/repositoryIamMember:RepositoryIamMember",
    api: "artifactregistry.googleapis.com",
    on: {
      project: project(),
      location: text({ replaces: true, computed: true }),
      repository: text({
        required: true,
        replaces: true,
        reference: { ...repositoryReference, partOf: true },
      }),
    },
    onId: (inputs) => {
      const given = fullId(textAt(inputs, "repository") ?? "");
      return given.startsWith("projects/")
        ? given
        : `projects/${textAt(inputs, "project")}/locations/${textAt(inputs, "location")}/repositories/${given}`;
    },
  }),
];
