/** Backup for GKE: plans. The backups that they make are not emulated. */
import { diskKey } from "./container-node-config";
import { at, numberAt, textAt, uuid } from "./read";
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
  type Surroundings,
  type Values,
} from "./shape";

const clusterReference = { kinds: ["container/cluster:Cluster"] };

/** Of these exactly one says what is in a backup. */
const scopes = ["allNamespaces", "selectedNamespaces", "selectedApplications", "selectedNamespaceLabels"];

const days = (max: number) => number({ computed: true, min: 0, max });

const backupPlan: Rule = {
  kind: "gkebackup/backupPlan:BackupPlan",
  api: "gkebackup.googleapis.com",
  id: "projects/{project}/locations/{location}/backupPlans/{name}",
  autonamed: "name",
  inputs: {
    backupConfig: object({
      allNamespaces: flag(),
      encryptionKey: object({ gcpKmsEncryptionKey: text({ required: true, reference: diskKey }) }),
      includeSecrets: flag(),
      includeVolumeData: flag(),
      permissiveMode: flag(),
      selectedApplications: object({
        namespacedNames: list(
          object({ name: text({ required: true }), namespace: text({ required: true }) }),
          { required: true },
        ),
      }),
      selectedNamespaceLabels: object({
        resourceLabels: list(object({ key: text({ required: true }), value: text({ required: true }) }), {
          required: true,
        }),
      }),
      selectedNamespaces: object({ namespaces: list(text(), { required: true }) }),
    }),
    backupSchedule: object({
      cronSchedule: text({ pattern: /^(\S+ ){4}\S+$/, rule: "five fields, such as 30 2 * * *" }),
      paused: flag({ computed: true }),
      rpoConfig: object({
        exclusionWindows: list(
          object({
            daily: flag(),
            daysOfWeek: object({
              daysOfWeeks: list(
                oneOf(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]),
              ),
            }),
            duration: text({ required: true }),
            singleOccurrenceDate: object({ day: number(), month: number(), year: number() }),
            startTime: object(
              { hours: number(), minutes: number(), nanos: number(), seconds: number() },
              { required: true },
            ),
          }),
        ),
        targetRpoMinutes: number({ required: true, min: 60, max: 86400 }),
      }),
    }),
    cluster: text({ required: true, replaces: true, reference: clusterReference }),
    deactivated: flag({ computed: true }),
    deletionPolicy: deletionPolicy(),
    description: text(),
    labels: labels(),
    location: text({ required: true, replaces: true, pattern: /^[a-z]+-[a-z]+\d+$/, rule: "a region" }),
    name: text({
      required: true,
      replaces: true,
      pattern: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
      rule: "1-63 lower case letters, digits and dashes, starting with a letter",
    }),
    project: project(),
    retentionPolicy: object(
      { backupDeleteLockDays: days(90), backupRetainDays: days(365), locked: flag({ computed: true }) },
      { computed: true },
    ),
  },
  computed: [
    "backupSchedule.paused",
    "deactivated",
    "effectiveLabels",
    "etag",
    "protectedPodCount",
    "pulumiLabels",
    "retentionPolicy",
    "state",
    "stateReason",
    "uid",
  ],
  outputs: ({ id, inputs }, around) => ({
    deactivated: false,
    etag: around.number(12, id, "etag"),
    protectedPodCount: 0,
    state: "READY",
    stateReason: "",
    uid: uuid(around, id),
    retentionPolicy: { backupDeleteLockDays: 0, backupRetainDays: 0, locked: false },
    ...(at(inputs, "backupSchedule") !== undefined && { backupSchedule: { paused: false } }),
    ...labelOutputs(inputs["labels"]),
  }),
  refuses: (inputs, around) => [
    ...scopeProblems(inputs),
    ...retentionProblems(inputs),
    ...agentProblems(inputs, around),
  ],
  takes: { create: 5, update: 5, remove: 5 },
  source:
    "provider 9.37.0 (mmv1 gkebackup/BackupPlan); Backup for GKE API v1, projects.locations.backupPlans",
};

function scopeProblems({ backupConfig }: Values): string[] {
  if (backupConfig === undefined) return [];
  const given = scopes.filter((scope) => at({ backupConfig }, "backupConfig", scope) !== undefined);
  return given.length === 1
    ? []
    : [`backupConfig has ${given.length} of ${scopes.join(", ")}; exactly one of them has to be given`];
}

function retentionProblems(inputs: Values): string[] {
  const kept = numberAt(inputs, "retentionPolicy", "backupRetainDays");
  const locked = numberAt(inputs, "retentionPolicy", "backupDeleteLockDays") ?? 0;
  const cron = textAt(inputs, "backupSchedule", "cronSchedule");
  const rpo = at(inputs, "backupSchedule", "rpoConfig");
  return [
    ...(cron !== undefined && rpo !== undefined
      ? ["backupSchedule has cronSchedule and rpoConfig; only one of them may be given"]
      : []),
    ...((cron !== undefined || rpo !== undefined) && kept === undefined
      ? ["a plan with a schedule needs retentionPolicy.backupRetainDays"]
      : []),
    ...(kept !== undefined && kept < locked
      ? [`retentionPolicy.backupRetainDays is ${kept}, below backupDeleteLockDays ${locked}`]
      : []),
  ];
}

/** Without its agent a cluster is backed up by nobody. */
function agentProblems(inputs: Values, around: Surroundings): string[] {
  const name = textAt(inputs, "cluster");
  const cluster = name === undefined ? undefined : around.find(clusterReference, name, around.project.id);
  if (!cluster) return [];
  const enabled = at(cluster.inputs, "addonsConfig", "gkeBackupAgentConfig", "enabled") === true;
  return enabled ? [] : [`cluster ${name} has no backup agent; switch on addonsConfig.gkeBackupAgentConfig`];
}

export const gkebackup: readonly Rule[] = [backupPlan];
