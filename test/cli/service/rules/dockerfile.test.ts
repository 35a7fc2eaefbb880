import { expect } from "chai";

import { judgeDockerfile } from "../../../../cli/service/rules/dockerfile";
import { found, inShort } from "../../../support/service-repository";

const good = `ARG NODE=22.20.0-bookworm-slim
FROM node:\${NODE} AS base
WORKDIR /app
USER 10001:10001

FROM base AS build
RUN make

FROM build AS test
RUN npm test

FROM base AS release
COPY --from=build /app/dist dist
CMD ["node", "dist/main.js"]
`;
const sha = `sha256:${"a".repeat(64)}`;

const judged = async (text: string) => found(judgeDockerfile, { Dockerfile: text });

describe("the rules for a Dockerfile", () => {
  it("allow pinned stages whose last one is no root", async () => {
    expect(await judged(good)).to.deep.equal([]);
  });

  const fine: [title: string, from: string, to: string][] = [
    ["a digest", "ARG NODE=22.20.0-bookworm-slim", `ARG NODE=22@${sha}`],
    ["a user without a group", "10001:10001", "10001"],
    ["stages in capitals", "FROM base AS release", "FROM BASE AS Release"],
    ["a copy from a stage by its number", "--from=build", "--from=1"],
    ["a registry with a port", "FROM node:${NODE}", "FROM registry.example:5000/node:22.20.0"],
    ["a default in its place", "${NODE} AS base", "${OTHER:-22.20.0} AS base"],
    ["scratch", "FROM build AS test", "FROM scratch AS reports\nFROM build AS test"],
  ];
  for (const [title, from, to] of fine) {
    it(`allow ${title}`, async () => {
      expect(await judged(good.replace(from, to))).to.deep.equal([]);
    });
  }

  const bad: [title: string, from: string, to: string, findings: string[]][] = [
    ["no tag", "FROM node:${NODE}", "FROM node", ["Dockerfile:2 dockerfile-pinned"]],
    ["latest", "ARG NODE=22.20.0-bookworm-slim", "ARG NODE=latest", ["Dockerfile:2 dockerfile-pinned"]],
    [
      "half a version",
      "ARG NODE=22.20.0-bookworm-slim",
      "ARG NODE=22-slim",
      ["Dockerfile:2 dockerfile-pinned"],
    ],
    [
      "an argument without a default",
      "ARG NODE=22.20.0-bookworm-slim",
      "ARG NODE",
      ["Dockerfile:2 dockerfile-pinned"],
    ],
    [
      "only a registry with a port",
      "FROM node:${NODE}",
      "FROM registry.example:5000/node",
      ["Dockerfile:2 dockerfile-pinned"],
    ],
    [
      "a copy from an image that moves",
      "--from=build",
      "--from=alpine:3",
      ["Dockerfile:13 dockerfile-pinned"],
    ],
    ["no test stage", "AS test", "AS checks", ["Dockerfile dockerfile-stages"]],
    ["no release stage", "AS release", "AS final", ["Dockerfile dockerfile-stages"]],
    ["no user", "USER 10001:10001\n", "", ["Dockerfile dockerfile-user"]],
    ["root by number", "10001:10001", "0:0", ["Dockerfile:4 dockerfile-user"]],
    ["a user by name", "10001:10001", "node", ["Dockerfile:4 dockerfile-user"]],
    ["root again at the end", "CMD [", "USER 0\nCMD [", ["Dockerfile:14 dockerfile-user"]],
    [
      "a user of another stage only",
      "WORKDIR /app\nUSER 10001:10001\n\nFROM base AS build",
      "WORKDIR /app\n\nFROM base AS build\nUSER 10001",
      ["Dockerfile dockerfile-user"],
    ],
    ["a password as an argument", "WORKDIR /app", "ARG DB_PASSWORD", ["Dockerfile:3 dockerfile-secrets"]],
    ["a token as a variable", "WORKDIR /app", "ENV A=1 NPM_TOKEN=x", ["Dockerfile:3 dockerfile-secrets"]],
    [
      "a shell around the program",
      'CMD ["node", "dist/main.js"]',
      "CMD node dist/main.js",
      ["Dockerfile:14 dockerfile-signals"],
    ],
  ];
  for (const [title, from, to, findings] of bad) {
    it(`find ${title}`, async () => {
      expect(good).to.include(from);
      expect(inShort(await judged(good.replace(from, to)))).to.deep.equal(findings);
    });
  }
});
