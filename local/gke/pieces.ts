import type { Cloud } from "../cloud/cloud";
import { masked } from "../cloud/fields";
import { rules } from "../cloud/rules";
import type { Resource, Values } from "../cloud/rules/shape";

/** One resource of the cloud as it should be. */
export interface Piece {
  readonly kind: string;
  readonly inputs: Values;
}

export function idOf(cloud: Cloud, project: string, { kind, inputs }: Piece): string {
  return cloud.idOf(kind, project, inputs);
}

/** The resource that a piece is, where it is there already: made by whoever ran before. */
export function found(cloud: Cloud, project: string, piece: Piece): Resource | undefined {
  const id = idOf(cloud, project, piece);
  return cloud.list(piece.kind, id).find((other) => other.id === id && other.project === project);
}

/** Makes a resource, or makes it what it should be; anew, where it cannot be changed. */
export async function settle(cloud: Cloud, project: string, piece: Piece): Promise<Resource> {
  const { kind, inputs } = piece;
  const there = found(cloud, project, piece);
  if (!there) return cloud.create(kind, project, inputs);
  // One that is being made is finished first.
  await cloud.read(kind, project, there.id);
  const fields = rules.get(kind)?.inputs ?? {};
  const wanted = masked(fields, inputs);
  const names = new Set([...Object.keys(wanted), ...Object.keys(there.inputs)]);
  const changed = [...names].filter(
    (name) => JSON.stringify(wanted[name]) !== JSON.stringify(there.inputs[name]),
  );
  if (changed.length === 0) return found(cloud, project, piece) ?? there;
  if (!changed.some((name) => fields[name]?.replaces)) {
    return cloud.update(kind, project, there.id, inputs);
  }
  await cloud.remove(kind, project, there.id);
  return cloud.create(kind, project, inputs);
}
