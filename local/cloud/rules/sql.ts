import { at, lastSegment, listAt, textAt } from "./read";
import {
  deletionPolicy,
  flag,
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
import { instance, instanceReference } from "./sql-instance";

const database: Rule = {
  kind: "sql/database:Database",
  api: "sqladmin.googleapis.com",
  id: (inputs, around) =>
    `projects/${around.project.id}/instances/${lastSegment(textAt(inputs, "instance") ?? "")}/databases/${textAt(inputs, "name")}`,
  autonamed: "name",
  inputs: {
    charset: text({ computed: true }),
    collation: text({ computed: true }),
    deletionPolicy: deletionPolicy(),
    instance: text({ required: true, replaces: true, reference: { ...instanceReference, partOf: true } }),
    name: text({ required: true, replaces: true, maxLength: 63 }),
    project: project(),
  },
  computed: ["selfLink", "charset", "collation"],
  outputs: ({ id }) => ({
    selfLink: `https://sqladmin.googleapis.com/sql/v1beta4/${id}`,
    charset: "UTF8",
    collation: "en_US.UTF8",
  }),
  takes: { create: 10, update: 5, remove: 10 },
  source: "terraform-provider-google resource_sql_database",
};

const iamTypes: Readonly<Record<string, string>> = {
  CLOUD_IAM_USER: "user",
  CLOUD_IAM_SERVICE_ACCOUNT: "account",
  CLOUD_IAM_GROUP: "group",
};

const user: Rule = {
  kind: "sql/user:User",
  api: "sqladmin.googleapis.com",
  id: (inputs) =>
    [
      textAt(inputs, "name"),
      textAt(inputs, "host") ?? "",
      lastSegment(textAt(inputs, "instance") ?? ""),
    ].join("/"),
  autonamed: "name",
  inputs: {
    databaseRoles: list(text()),
    deletionPolicy: deletionPolicy(),
    host: text({ replaces: true, computed: true }),
    instance: text({ required: true, replaces: true, reference: { ...instanceReference, partOf: true } }),
    name: text({ required: true, replaces: true }),
    password: text({ secret: true }),
    passwordPolicy: object({
      allowedFailedAttempts: number(),
      enableFailedAttemptsCheck: flag(),
      enablePasswordVerification: flag(),
      passwordExpirationDuration: text(),
    }),
    project: project(),
    type: oneOf(
      [
        "BUILT_IN",
        "CLOUD_IAM_USER",
        "CLOUD_IAM_SERVICE_ACCOUNT",
        "CLOUD_IAM_GROUP",
        "CLOUD_IAM_GROUP_USER",
        "CLOUD_IAM_GROUP_SERVICE_ACCOUNT",
      ],
      { replaces: true },
    ),
  },
  computed: ["host", "iamEmail", "sqlServerUserDetails"],
  outputs: ({ inputs }) => ({
    host: "",
    iamEmail:
      inputs["type"] === "CLOUD_IAM_SERVICE_ACCOUNT" ? `${textAt(inputs, "name")}.gserviceaccount.com` : "",
    sqlServerUserDetails: [],
  }),
  refuses: (inputs, around) => {
    const type = textAt(inputs, "type") ?? "BUILT_IN";
    const found = around.find(instanceReference, textAt(inputs, "instance") ?? "", around.project.id);
    if (!found) return [];
    const postgres = textAt(found.inputs, "databaseVersion")?.startsWith("POSTGRES") ?? false;
    if (!(type in iamTypes))
      return inputs["password"] || !postgres || type !== "BUILT_IN"
        ? []
        : ["password: a BUILT_IN user of PostgreSQL needs one"];
    return [...iamFlagProblems(found.inputs, postgres), ...loginProblems(inputs, type, around)];
  },
  takes: { create: 10, update: 5, remove: 10 },
  source: "terraform-provider-google resource_sql_user",
};

function iamFlagProblems(instance: Values, postgres: boolean): string[] {
  const name = postgres ? "cloudsql.iam_authentication" : "cloudsql_iam_authentication";
  const on = listAt(instance, "settings", "databaseFlags").some(
    (flag) => at(flag, "name") === name && at(flag, "value") === "on",
  );
  return on ? [] : [`type: the instance lacks the flag ${name}=on`];
}

function loginProblems(inputs: Values, type: string, around: Surroundings): string[] {
  const name = textAt(inputs, "name") ?? "";
  if (inputs["password"]) return ["password: not for an IAM login"];
  if (type !== "CLOUD_IAM_SERVICE_ACCOUNT") return [];
  if (name.endsWith(".gserviceaccount.com"))
    return [`name: ${name} has to be written without .gserviceaccount.com`];
  const email = `${name}.gserviceaccount.com`;
  const known = around
    .list("serviceaccount/account:Account", email)
    .some((account) => textAt(account.state, "email") === email);
  return known || around.isAssumed(email) ? [] : [`name: the service account ${email} does not exist`];
}

export const sql: readonly Rule[] = [instance, database, user];
