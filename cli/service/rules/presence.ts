import { type Finding, findingsOf, type Judge, type Rule } from "../finding";

const rule: Rule = {
  id: "files-present",
  holds: "The repository has a Jenkinsfile, a Dockerfile, a Makefile, chart values and owners.",
};

/** What each file is for, so that who misses it knows what to write. */
const required: Readonly<Record<string, string>> = {
  Jenkinsfile: "three lines that hand the build to the shared pipeline",
  Dockerfile: "how the image is built and tested",
  Makefile: "the targets that the pipeline and people call",
  "chart/values.yaml": "the service's part of its chart's values",
  CODEOWNERS: "who has to agree to a change",
  ".dockerignore": "what stays out of the image's build",
};

/** Places where the file of owners is looked for. */
export const ownersPlaces = ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"];

export const presenceRules = [rule];

/** Whether everything is there that the way to production needs. */
export const judgePresence: Judge = (repository) => {
  const finding = findingsOf(rule);
  return Object.entries(required)
    .filter(([file]) => placesOf(file).every((place) => repository.text(place) === undefined))
    .map(([file, purpose]): Finding =>
      finding(file, "it is not there", `write it: ${purpose}; \`platform service new\` shows one that works`),
    );
};

/** Places where a file may be. */
function placesOf(file: string): readonly string[] {
  return file === "CODEOWNERS" ? ownersPlaces : [file];
}
