import { type Api, ApiError } from "../../../clusters/api";
import type { ApiKind } from "../identity";

/** Where one object is, or would be. */
export interface Target extends ApiKind {
  /** Absent for what belongs to the whole cluster. */
  readonly namespace?: string;
  readonly name: string;
  /** Path of the list that it is in. */
  readonly collection: string;
  readonly path: string;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What an API server can hold; custom resources come and go with their definitions. */
export class Discovery {
  private readonly known = new Map<string, Resource>();

  constructor(private readonly api: Api) {}

  /** Where an object of that kind and name is, or undefined while the API server does not know the kind. */
  async find(
    { apiVersion, kind }: ApiKind,
    name: string,
    namespace: string | undefined,
  ): Promise<Target | undefined> {
    const resource = await this.resource({ apiVersion, kind });
    if (!resource) return undefined;
    const base = groupPath(apiVersion);
    // As the real provider has it: where nothing is said, it is the namespace `default`.
    const place = resource.namespaced ? namespace || "default" : undefined;
    const collection = `${base}${place === undefined ? "" : `/namespaces/${place}`}/${resource.name}`;
    const path = `${collection}/${name}`;
    return { apiVersion, kind, ...(place !== undefined && { namespace: place }), name, collection, path };
  }

  private async resource({ apiVersion, kind }: ApiKind): Promise<Resource | undefined> {
    const key = `${apiVersion} ${kind}`;
    const known = this.known.get(key);
    if (known) return known;
    const found = (await this.resourcesOf(apiVersion)).find(
      // `deployments/scale` is a part of another resource, of a kind of its own.
      (resource) => resource.kind === kind && !resource.name.includes("/"),
    );
    // What is not there yet may be there the next time.
    if (found) this.known.set(key, found);
    return found;
  }

  private async resourcesOf(apiVersion: string): Promise<readonly Resource[]> {
    try {
      return (await this.api.get<{ resources: readonly Resource[] }>(groupPath(apiVersion))).resources;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return [];
      throw error;
    }
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
