/**
 * What the Cloud SQL Admin API answers, as far as a rehearsal reads it. 64-bit numbers come as text.
 * https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1
 */
import { z } from "zod";

const whole = z.coerce.number().int();
const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item).default([]), nextPageToken: z.string().optional() });

/** An instance in a list: in whatever state it is, it has a name. */
const listedInstance = z.object({
  name: z.string(),
  state: z.string().optional(),
  createTime: z.string().optional(),
  instanceType: z.string().optional(),
  settings: z.object({ userLabels: z.record(z.string(), z.string()).default({}) }).optional(),
});

/** What another instance needs to have as this one has it, for a backup of this one to fit. */
export const instance = z.object({
  name: z.string(),
  state: z.string(),
  region: z.string(),
  databaseVersion: z.string(),
  settings: z.object({
    tier: z.string(),
    edition: z.string().optional(),
    dataDiskType: z.string().optional(),
    dataDiskSizeGb: whole,
    databaseFlags: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
    userLabels: z.record(z.string(), z.string()).default({}),
  }),
  diskEncryptionConfiguration: z.object({ kmsKeyName: z.string().optional() }).optional(),
});

const backupRun = z.object({
  id: z.string(),
  status: z.string(),
  endTime: z.string().optional(),
});

export const operation = z.object({
  name: z.string(),
  operationType: z.string().optional(),
  status: z.string(),
  targetId: z.string().optional(),
  error: z
    .object({
      errors: z.array(z.object({ code: z.string().optional(), message: z.string().optional() })).default([]),
    })
    .optional(),
});

export const instances = listOf(listedInstance);
export const backupRuns = listOf(backupRun);
export const databases = listOf(z.object({ name: z.string() }));
export const refusal = z.object({ error: z.object({ message: z.string() }) });

export type ListedInstance = z.infer<typeof listedInstance>;
export type Instance = z.infer<typeof instance>;
export type BackupRun = z.infer<typeof backupRun>;
export type Operation = z.infer<typeof operation>;
