import {
  type Dockerfile,
  DockerfileParser,
  type From,
  type Instruction,
  type JSONInstruction,
} from "dockerfile-ast";

import { type Finding, findingsOf, type Judge, type Rule } from "../finding";

const stages: Rule = {
  id: "dockerfile-stages",
  holds:
    "The Dockerfile has a stage `test`, which runs the unit tests, and a stage `release`, which is shipped.",
};
const pinned: Rule = {
  id: "dockerfile-pinned",
  holds: "Every image it starts from or copies from is named with its digest or a full version.",
};
const user: Rule = {
  id: "dockerfile-user",
  holds: "What is shipped runs as a user given by a number other than 0.",
};
const secrets: Rule = {
  id: "dockerfile-secrets",
  holds: "No build argument or variable holds a secret; the image's history would show it.",
};
const signals: Rule = {
  id: "dockerfile-signals",
  holds: "What is shipped is started without a shell around it, so that it is told to stop.",
};

export const dockerfileRules = [stages, pinned, user, secrets, signals];

/** What the release stage is called, and the one that runs tests. */
const neededStages = ["test", "release"];

/** A tag with a version in full, with or without more behind it: `22.20.0-bookworm-slim`. */
const fullVersion = /^v?\d+\.\d+\.\d+([-.+_].*)?$/;
const digest = /@sha256:[0-9a-f]{64}$/;
const secretName = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL)/i;

/** Whether the image is built so that it can be trusted and stopped. */
export const judgeDockerfile: Judge = (repository) => {
  const text = repository.text("Dockerfile");
  if (text === undefined) return [];
  const file = DockerfileParser.parse(text);
  const names = file.getFROMs().map((from) => from.getBuildStage()?.toLowerCase());
  const missing = neededStages.filter((name) => !names.includes(name));
  return [
    ...missing.map((name) =>
      findingsOf(stages)(
        "Dockerfile",
        `no stage is called ${name}`,
        `name one: FROM ... AS ${name}; stages here: ${names.filter(Boolean).join(", ") || "none has a name"}`,
      ),
    ),
    ...judgeImages(file),
    ...judgeSecrets(file),
    ...(missing.includes("release") ? [] : [...judgeUser(file), ...judgeSignals(file)]),
  ];
};

function judgeImages(file: Dockerfile): Finding[] {
  const own = file.getFROMs().map((from) => from.getBuildStage()?.toLowerCase());
  const used = [
    ...file.getFROMs().map((from) => ({ instruction: from, image: from.getImage() })),
    ...file.getCOPYs().map((copy) => ({
      instruction: copy,
      image: copy
        .getFlags()
        .find((flag) => flag.getName() === "from")
        ?.getValue(),
    })),
  ];
  return used.flatMap(({ instruction, image }) => {
    if (image === undefined || image === null) return [];
    const full = resolved(image, file);
    if (own.includes(full.toLowerCase()) || full === "scratch" || /^\d+$/.test(full) || isPinned(full))
      return [];
    return [
      findingsOf(pinned)(
        placeOf(instruction),
        `${full} is not always the same image`,
        "name a version in full (node:22.20.0-bookworm-slim) or a digest (@sha256:...)",
      ),
    ];
  });
}

function isPinned(image: string): boolean {
  const tag = /:([^:/@]+)(@|$)/.exec(image)?.[1];
  return digest.test(image) || (tag !== undefined && fullVersion.test(tag));
}

/** With the defaults of the arguments before the first FROM, which are all that it may use. */
function resolved(image: string, file: Dockerfile): string {
  const defaults = new Map(
    file.getInitialARGs().flatMap((arg) => {
      const property = arg.getProperty();
      return property ? [[property.getName(), property.getValue() ?? ""] as const] : [];
    }),
  );
  return image.replace(
    /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
    (whole, braced: string | undefined, otherwise: string | undefined, bare: string | undefined) =>
      defaults.get(braced ?? bare ?? "") ?? otherwise ?? whole,
  );
}

function judgeSecrets(file: Dockerfile): Finding[] {
  const assigned = [
    ...file.getARGs().map((arg) => ({ instruction: arg, properties: [arg.getProperty()] })),
    ...file.getENVs().map((env) => ({ instruction: env, properties: env.getProperties() })),
  ];
  return assigned.flatMap(({ instruction, properties }) =>
    properties
      .filter((property) => property && secretName.test(property.getName()))
      .map((property) =>
        findingsOf(secrets)(
          placeOf(instruction),
          `${property?.getName() ?? ""} is named like a secret`,
          "take it from a file under SECRETS when the service runs, or by RUN --mount=type=secret when it is built",
        ),
      ),
  );
}

function judgeUser(file: Dockerfile): Finding[] {
  const last = lastIn(file, "USER");
  if (!last) {
    return [
      findingsOf(user)(
        "Dockerfile",
        "stage release runs as root: no USER",
        "end the stage with USER 10001:10001",
      ),
    ];
  }
  const name = last.getArgumentsContent() ?? "";
  if (/^[1-9]\d*(:\d+)?$/.test(name)) return [];
  return [
    findingsOf(user)(
      placeOf(last),
      `${name || "nobody"} is no number, or it is root's`,
      "give the number, such as USER 10001:10001; Kubernetes cannot tell from a name that it is not root",
    ),
  ];
}

function judgeSignals(file: Dockerfile): Finding[] {
  const last = lastIn(file, "ENTRYPOINT") ?? lastIn(file, "CMD");
  if (!last || (last as JSONInstruction).getOpeningBracket() !== null) return [];
  return [
    findingsOf(signals)(
      placeOf(last),
      `${last.getKeyword()} is a line for a shell, which does not pass SIGTERM on`,
      `write it as a list: ${last.getKeyword()} ["program", "argument"]`,
    ),
  ];
}

/** The last instruction of a kind in the release stage or, where that has none, in what it starts from. */
function lastIn(file: Dockerfile, keyword: string): Instruction | undefined {
  const froms = file.getFROMs();
  let stage = froms.find((from) => from.getBuildStage()?.toLowerCase() === "release");
  while (stage) {
    const found = instructionsOf(file, stage).filter((instruction) => instruction.getKeyword() === keyword);
    if (found.length > 0) return found.at(-1);
    const base = resolved(stage.getImage() ?? "", file).toLowerCase();
    const before = froms.slice(0, froms.indexOf(stage));
    stage = before.find((from) => from.getBuildStage()?.toLowerCase() === base);
  }
  return undefined;
}

function instructionsOf(file: Dockerfile, stage: From): Instruction[] {
  const start = stage.getRange().start.line;
  const next = file.getFROMs().find((from) => from.getRange().start.line > start);
  return file.getInstructions().filter((instruction) => {
    const line = instruction.getRange().start.line;
    return line > start && (!next || line < next.getRange().start.line);
  });
}

function placeOf(instruction: Instruction): string {
  return `Dockerfile:${instruction.getRange().start.line + 1}`;
}
