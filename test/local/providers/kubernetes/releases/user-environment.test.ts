import { expect } from "chai";

import { userEnvironment } from "../../../../../local/providers/kubernetes/releases/user-environment";

describe("what Helm gets of the user's environment to fetch charts", () => {
  it("is the way to the internet, in both spellings, and what is trusted there", () => {
    const way = {
      HTTP_PROXY: "http://a",
      HTTPS_PROXY: "http://b",
      NO_PROXY: "c",
      http_proxy: "http://d",
      https_proxy: "http://e",
      no_proxy: "f",
      SSL_CERT_FILE: "/certificates/all.pem",
      SSL_CERT_DIR: "/certificates",
    };
    expect(userEnvironment({ HOME: "/home/me", ...way })).to.deep.equal({
      HOME: "/home/me",
      DOCKER_CONFIG: "/home/me/.docker",
      ...way,
    });
  });

  it("is where logins are kept, and nothing that would move Helm's own folders or name another cluster", () => {
    const env = {
      HOME: "/home/me",
      PATH: "/bin",
      DOCKER_CONFIG: "/logins",
      PULUMI_K8S_HELM_REGISTRY_CONFIG_PATH: "/logins/helm.json",
      KUBECONFIG: "/home/me/.kube/config",
      HELM_CACHE_HOME: "/home/me/.cache/helm",
      HELM_NAMESPACE: "mine",
      XDG_CONFIG_HOME: "/home/me/.config",
    };
    expect(userEnvironment(env)).to.deep.equal({
      HOME: "/home/me",
      PATH: "/bin",
      DOCKER_CONFIG: "/logins",
      HELM_REGISTRY_CONFIG: "/logins/helm.json",
    });
  });
});
