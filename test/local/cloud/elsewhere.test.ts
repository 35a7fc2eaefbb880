/** What a cloud in which one stack stands alone takes for granted, and what it checks all the same. */
import { expect } from "chai";

import { isElsewhere } from "../../../local/cloud/elsewhere";
import type { Values } from "../../../local/cloud/rules/shape";
import { instanceInputs, make, makeNetwork, project, refusal, smallCloud } from "../../support/small-cloud";

const region = "europe-west1";

describe("a name", () => {
  const ours = [
    "main",
    "projects/acme-test/global/networks/main",
    "projects/300000000001/global/networks/main",
    "https://www.googleapis.com/compute/v1/projects/acme-test/global/networks/main",
    "billing@acme-test.iam.gserviceaccount.com",
    "service-300000000001@container-engine-robot.iam.gserviceaccount.com",
    "p300000000001-5f00d1@gcp-sa-cloud-sql.iam.gserviceaccount.com",
    "300000000001-compute@developer.gserviceaccount.com",
    "acme-test@appspot.gserviceaccount.com",
    "acme-test.svc.id.goog",
    "//iam.googleapis.com/projects/300000000001/locations/global/workloadIdentityPools/acme-test.svc.id.goog/x",
    // Google's own project, in which the attachment of an instance of ours is.
    "projects/0123456789abcdefp-tp/regions/europe-west1/serviceAttachments/a-1-psc-service-attachment-2",
  ];
  for (const name of ours) {
    it(`may be of the own project: ${name}`, () => expect(isElsewhere(name, project)).to.equal(false));
  }

  const others = [
    "projects/acme-ci/global/networks/main",
    "https://www.googleapis.com/compute/v1/projects/acme-ci/global/networks/main",
    "deployer@acme-ci.iam.gserviceaccount.com",
    "service-200000000001@container-engine-robot.iam.gserviceaccount.com",
    "p200000000001-5f00d1@gcp-sa-cloud-sql.iam.gserviceaccount.com",
    "200000000001-compute@developer.gserviceaccount.com",
    "acme-ci@appspot.gserviceaccount.com",
    "acme-ci.svc.id.goog",
    "//iam.googleapis.com/projects/200000000001/locations/global/workloadIdentityPools/github/attribute.a/b",
  ];
  for (const name of others) {
    it(`is of another project: ${name}`, () => expect(isElsewhere(name, project)).to.equal(true));
  }
});

describe("a cloud in which one stack stands alone", () => {
  const grant = (member: string): [string, Values] => [
    "projects/iAMMember:IAMMember",
    { project: project.id, role: "roles/viewer", member },
  ];
  const inProject = (id: string) =>
    ({
      "a grant to an account": grant(`serviceAccount:deployer@${id}.iam.gserviceaccount.com`),
      "a grant to a workload": grant(`serviceAccount:${id}.svc.id.goog[deploys/staging]`),
      "a grant to the identities of a pool": grant(
        `principalSet://iam.googleapis.com/projects/${id}/locations/global/workloadIdentityPools/github/*`,
      ),
      "a grant on a key": [
        "kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        {
          cryptoKeyId: `projects/${id}/locations/${region}/keyRings/main/cryptoKeys/main`,
          role: "roles/viewer",
          member: "group:team@acme.example",
        },
      ],
      "a subnetwork in a network": [
        "compute/subnetwork:Subnetwork",
        {
          name: "shared",
          region,
          network: `https://www.googleapis.com/compute/v1/projects/${id}/global/networks/shared`,
          ipCidrRange: "10.0.0.0/22",
        },
      ],
      "a login of an account": [
        "sql/user:User",
        { name: `billing@${id}.iam`, instance: "main", type: "CLOUD_IAM_SERVICE_ACCOUNT" },
      ],
      "a cluster with a key": [
        "container/cluster:Cluster",
        {
          name: "main",
          location: region,
          network: "main",
          subnetwork: "main",
          initialNodeCount: 1,
          ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
          databaseEncryption: {
            state: "ENCRYPTED",
            keyName: `projects/${id}/locations/${region}/keyRings/main/cryptoKeys/main`,
          },
        },
      ],
    }) satisfies Record<string, [string, Values]>;

  const start = async (elsewhere: "checked" | "assumed") => {
    const cloud = await smallCloud({ elsewhere });
    await makeNetwork(cloud);
    const inputs = instanceInputs("main");
    const databaseFlags = [{ name: "cloudsql.iam_authentication", value: "on" }];
    inputs["settings"] = { ...(inputs["settings"] as Values), databaseFlags };
    await make(cloud, "sql/databaseInstance:DatabaseInstance", inputs);
    return cloud;
  };

  for (const [what, [kind, inputs]] of Object.entries(inProject("acme-ci"))) {
    it(`takes ${what} of another project for granted, and no other cloud does`, async () => {
      expect(await refusal(make(await start("assumed"), kind, inputs))).to.equal("accepted");
      expect(await refusal(make(await start("checked"), kind, inputs))).to.match(/not found|does not exist/);
    });
  }

  for (const [what, [kind, inputs]] of Object.entries(inProject(project.id))) {
    it(`refuses ${what} of its own project that is not there`, async () => {
      expect(await refusal(make(await start("assumed"), kind, inputs))).to.match(/not found|does not exist/);
    });
  }

  it("refuses what is no principal at all", async () => {
    const [kind, inputs] = grant("deployer@acme-ci.iam.gserviceaccount.com");
    expect(await refusal(make(await start("assumed"), kind, inputs))).to.include("is not an IAM principal");
  });
});
