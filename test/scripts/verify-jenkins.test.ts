/** With a server that answers as Jenkins' documentation says. That Jenkins does so is not proven: none is here. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { expect } from "chai";

import { platformJobs } from "../../components/jenkins/jobs";
import { jenkinsRelease } from "../../config/jenkins/release";
import { loginOf, verify } from "../../scripts/verify-jenkins";

type Answer = readonly [status: number, body?: unknown];

const plugins = Object.entries(jenkinsRelease.plugins).map(([shortName, version]) => ({
  shortName,
  version,
  active: true,
}));
const jobs = (...names: string[]) => ({ jobs: names.map((name) => ({ name })) });
const token = `Basic ${Buffer.from("admin:secret").toString("base64")}`;

/** A folder's configuration as Jenkins writes it. */
const folder = (inheritance: string, ...permissions: string[]) =>
  `<com.cloudbees.hudson.plugins.folder.Folder><properties>
<inheritanceStrategy class="org.jenkinsci.plugins.matrixauth.inheritance.${inheritance}"/>
${permissions.map((permission) => `<permission>GROUP:hudson.model.Item.${permission}:acme</permission>`).join("\n")}
</properties></com.cloudbees.hudson.plugins.folder.Folder>`;
const exported = (...clouds: object[]) =>
  JSON.stringify({ jenkins: { clouds: clouds.map((kubernetes) => ({ kubernetes })) } });
const builds = { name: "builds", templates: [{}] };
const deploys = { name: "deploys", templates: [{}], usageRestricted: true, credentialsId: "starter" };

/** As it should be: what a stranger is answered, and what the administrator is. */
const well = {
  stranger: {
    "/login": [200],
    "/api/json": [403],
    "/prometheus/": [302],
    "/github-webhook/": [400],
  } as Record<string, Answer>,
  administrator: {
    "/pluginManager/api/json": [200, { plugins }],
    "/api/json": [200, { numExecutors: 0, ...jobs("services", "platform") }],
    "/job/platform/api/json": [200, jobs(...Object.keys(platformJobs))],
    "/job/platform/config.xml": [200, folder("NonInheritingStrategy", "Read")],
    "/manage/configuration-as-code/export": [200, exported(builds, deploys)],
  } as Record<string, Answer>,
};

describe("make verify-jenkins", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** What is found wrong with a Jenkins that is as it should be but for these answers. */
  async function problems(more: Partial<typeof well> = {}, core = jenkinsRelease.core, secret = "secret") {
    const answers = {
      stranger: { ...well.stranger, ...more.stranger },
      administrator: { ...well.administrator, ...more.administrator },
    };
    const answerTo = ({ url = "", method, headers }: IncomingMessage): Answer => {
      const path = url.split("?")[0] ?? "";
      if ((method === "POST") !== /webhook|export/.test(path)) return [405];
      if (path === "/github-webhook/" && headers["x-github-event"] !== "ping") return [404];
      if (headers.authorization === undefined) return answers.stranger[path] ?? [404];
      return headers.authorization === token ? (answers.administrator[path] ?? [404]) : [401];
    };
    const listening = createServer((request, response) => {
      const [status, body] = answerTo(request);
      response.writeHead(status, { "x-jenkins": core, connection: "close" });
      response.end(typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body));
    });
    servers.push(listening);
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const { port } = listening.address() as AddressInfo;
    const found = await verify({ url: `http://127.0.0.1:${port}/`, user: "admin", token: secret });
    return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
  }

  it("finds nothing wrong with a Jenkins that is what the checkout says", async () => {
    expect(await problems()).to.deep.equal({});
  });

  it("names each plugin that is another, missing, not pinned or did not start", async () => {
    const [first, second, third, ...rest] = plugins;
    const found = await problems({
      administrator: {
        "/pluginManager/api/json": [
          200,
          {
            plugins: [
              { ...first, version: "0.1" },
              { ...second, active: false },
              ...rest,
              { shortName: "by-hand", version: "1", active: true },
            ],
          },
        ],
      },
    });
    expect(Object.values(found)).to.have.length(1);
    expect(Object.values(found)[0])
      .to.contain(`${first?.shortName} is 0.1, not ${first?.version}`)
      .and.contain(`${second?.shortName} did not start`)
      .and.contain(`${third?.shortName} is missing`)
      .and.contain("by-hand is not pinned");
  });

  it("finds what strangers can see, and metrics on the internet", async () => {
    const found = await problems({ stranger: { "/api/json": [200], "/prometheus/": [200] } });
    expect(Object.keys(found)).to.deep.equal([
      "strangers see nothing",
      "the metrics are not on the internet",
    ]);
  });

  it("finds another core, executors on the controller, and jobs that were not made", async () => {
    const found = await problems(
      {
        administrator: {
          "/api/json": [200, { numExecutors: 2, ...jobs("services") }],
          "/job/platform/api/json": [404],
        },
      },
      "2.1",
    );
    expect(Object.values(found).join("\n"))
      .to.contain("it is 2.1")
      .and.contain("2 executors")
      .and.contain("platform missing")
      .and.contain("/job/platform/api/json?tree=jobs[name] answers 404");
  });

  it("finds members who may start what releases", async () => {
    for (const [xml, problem] of [
      [folder("NonInheritingStrategy", "Read", "Build"), "grants GROUP:hudson.model.Item.Build:acme"],
      [folder("InheritParentStrategy", "Read"), "takes nothing away from members"],
      ["<folder/>", "takes nothing away from members"],
    ] as const) {
      const found = await problems({ administrator: { "/job/platform/config.xml": [200, xml] } });
      expect(Object.keys(found)).to.deep.equal(["administrators alone start what releases"]);
      expect(Object.values(found)[0]).to.contain(problem);
    }
  });

  it("finds clouds that were not loaded, that have no pods, or where every job may deploy", async () => {
    for (const [clouds, problem] of [
      [[builds], "there is no cloud deploys"],
      [[{ ...builds, templates: [] }, deploys], "the cloud builds has no pods"],
      [[builds, { ...deploys, usageRestricted: false }], "the cloud deploys is open to every job"],
      [[builds, { ...deploys, credentialsId: "" }], "the cloud deploys is open to every job"],
    ] as const) {
      const answer: Answer = [200, exported(...clouds)];
      const found = await problems({ administrator: { "/manage/configuration-as-code/export": answer } });
      expect(Object.keys(found)).to.deep.equal(["pods of both clouds are known"]);
      expect(Object.values(found)[0]).to.contain(problem);
    }
  });

  it("finds that anybody may say what was pushed", async () => {
    const found = await problems({ stranger: { "/github-webhook/": [200] } });
    expect(Object.keys(found)).to.deep.equal(["what GitHub has not signed is refused"]);
  });

  it("says of a token that is wrong whose it has to be, and looks at the rest all the same", async () => {
    const found = await problems({}, jenkinsRelease.core, "wrong");
    expect(Object.values(found)).to.have.length(6);
    for (const problem of Object.values(found)) expect(problem).to.contain("have to be an administrator's");
  });

  it("says that nobody answers", async () => {
    const found = await verify({ url: "http://127.0.0.1:1", user: "admin", token: "secret" });
    for (const problem of Object.values(found)) expect(problem).to.match(/^fetch failed: /);
  });

  it("asks for nothing before it knows all that it needs", () => {
    expect(loginOf({ JENKINS_URL: "https://jenkins.example" })).to.deep.equal([
      "JENKINS_USER",
      "JENKINS_TOKEN",
    ]);
  });
});
