import { type Finding, findingsOf, type Judge, type Rule } from "../finding";

const pipeline: Rule = {
  id: "jenkinsfile-pipeline",
  holds: "The Jenkinsfile loads the platform's library and calls servicePipeline, and does nothing else.",
};
const stores: Rule = {
  id: "jenkinsfile-stores",
  holds: "The stores that the pipeline starts are ones that it has.",
};

/** Data stores that a build pod can have beside it. */
const knownStores = ["postgres", "redis"];
const knownArguments = ["stores", "name"];

export const jenkinsfileRules = [pipeline, stores];

/** Whether the Jenkinsfile is the few lines that every service's is. */
export const judgeJenkinsfile: Judge = (repository) => {
  const text = repository.text("Jenkinsfile");
  if (text === undefined) return [];
  const code = withoutComments(text);
  // Jenkins refuses a version of the library: who chooses one could choose any branch of it, which runs unconfined.
  const library = /^\s*@Library\((['"])platform\1\)\s*_/.exec(code);
  const call = /\bservicePipeline\s*(\(([\s\S]*?)\)|(?=\s*$))/.exec(code);
  const finding = findingsOf(pipeline);
  if (!library || !call) {
    const missing = [!library && "@Library('platform') _", !call && "servicePipeline(...)"].filter(Boolean);
    return [
      finding(
        "Jenkinsfile",
        `it lacks ${missing.join(" and ")}`,
        "write: @Library('platform') _ and, below it, servicePipeline(stores: ['postgres'])",
      ),
    ];
  }
  const rest = (code.slice(library[0].length, call.index) + code.slice(call.index + call[0].length)).trim();
  return [
    ...(rest === ""
      ? []
      : [
          finding(
            `Jenkinsfile:${lineOf(code, rest)}`,
            `beside the pipeline it has: ${JSON.stringify(rest.split("\n")[0])}`,
            "put steps of the service into a target of its Makefile; who may do what is decided in the library",
          ),
        ]),
    ...judgeArguments(call[2] ?? "", lineOf(code, call[0])),
  ];
};

function judgeArguments(given: string, line: number): Finding[] {
  const place = `Jenkinsfile:${line}`;
  const unknown = [...given.matchAll(/(\w+)\s*:/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !knownArguments.includes(name));
  const strangers = (storesIn(given) ?? []).filter((name) => !knownStores.includes(name));
  return [
    ...unknown.map((name) =>
      findingsOf(pipeline)(
        place,
        `servicePipeline has no argument ${name}`,
        `take one of: ${knownArguments.join(", ")}`,
      ),
    ),
    ...strangers.map((name) =>
      findingsOf(stores)(
        place,
        `there is no data store ${JSON.stringify(name)}`,
        `take some of: ${knownStores.join(", ")}`,
      ),
    ),
  ];
}

/** The stores that a Jenkinsfile names; nothing where it names no list. */
export function storesIn(text: string): string[] | undefined {
  const list = /\bstores\s*:\s*\[([^\]]*)\]/.exec(withoutComments(text))?.[1];
  return list === undefined ? undefined : [...list.matchAll(/(['"])(.*?)\1/g)].map(([, , name = ""]) => name);
}

/** Comments become blanks, so that lines keep their numbers. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$|^#!.*/gm, (comment) => comment.replace(/[^\n]/g, " "));
}

function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part.split("\n")[0] ?? part)).split("\n").length;
}
