/** What cannot be made or changed without a cluster. */
export function unreachable(reason: string): Error {
  return new Error(`configured Kubernetes cluster is unreachable: ${reason}`);
}

/** What cannot be read or deleted without it, with the way out when it is gone for good. */
export function unreachableForGood(reason: string): Error {
  return new Error(
    `configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove the resource from ` +
      `the state: run the command again with PULUMI_K8S_DELETE_UNREACHABLE=true (${reason})`,
  );
}
