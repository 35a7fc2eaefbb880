/** A repository of Artifact Registry, by what its address says. */
export interface Place {
  readonly location: string;
  readonly project: string;
  readonly repository: string;
}

/** What a request is about. */
export interface Target extends Place {
  /** Of the image or chart; slashes are allowed. */
  readonly name: string;
  /** What follows the name: `manifests/1.4.2`, `blobs/sha256:…`, `tags/list`. */
  readonly rest: string;
}

/** Where Google serves repositories of format DOCKER; no other service has such names. */
const hosts = /^([a-z0-9-]+)-docker\.pkg\.dev$/;

/** The location of the repositories behind a host name, `europe-west1`; undefined for one that serves none. */
export function locationOf(hostName: string): string | undefined {
  return hosts.exec(hostName)?.[1];
}

/** The repository that an address of charts or images means: `oci://europe-west1-docker.pkg.dev/acme-ci/charts`. */
export function placeOf(address: string): Place | undefined {
  const [hostName = "", project, repository, ...others] = address.replace(/^oci:\/\//, "").split("/");
  const location = locationOf(hostName);
  if (location === undefined || !project || !repository || others.length > 0) return undefined;
  return { location, project, repository };
}

/** What a path of the registry's protocol means at a location; undefined where it names no image. */
export function targetOf(location: string, path: string): Target | undefined {
  const [, project, repository, name, rest] =
    /^\/v2\/([^/]+)\/([^/]+)\/(.+)\/((?:manifests|blobs|tags|referrers)\/.+)$/.exec(path) ?? [];
  if (project === undefined || repository === undefined || name === undefined || rest === undefined) {
    return undefined;
  }
  return { location, project, repository, name, rest };
}

/** The name of a repository, or of what is in it, in the server behind, which knows no locations. */
export function storedName({ location, project, repository }: Place, name?: string): string {
  return [location, project, repository, ...(name === undefined ? [] : [name])].join("/");
}

/** As Google's API names it. */
export function idOf({ location, project, repository }: Place): string {
  return `projects/${project}/locations/${location}/repositories/${repository}`;
}

/** The opposite of `idOf`. */
export function placeOfId(id: string): Place {
  const [, project = "", , location = "", , repository = ""] = id.split("/");
  return { project, location, repository };
}

/** `europe-west1-docker.pkg.dev/acme-ci/charts` */
export function addressOf({ location, project, repository }: Place): string {
  return `${location}-docker.pkg.dev/${project}/${repository}`;
}
