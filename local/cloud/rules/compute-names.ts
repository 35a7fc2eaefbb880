/** Forms and references that the rules of Compute Engine share. */

/** RFC 1035 label, the form of almost every Compute Engine name. */
export const computeName = {
  pattern: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  rule: "1-63 lower case letters, digits and dashes, starting with a letter",
  required: true,
  replaces: true,
} as const;

export const networkReference = { kinds: ["compute/network:Network"] };
export const heldNetwork = { ...networkReference, holds: true };
export const subnetworkReference = { kinds: ["compute/subnetwork:Subnetwork"] };
export const heldSubnetwork = { ...subnetworkReference, holds: true };
export const address = { kinds: ["compute/address:Address"] };

export const selfLink = (id: string): string => `https://www.googleapis.com/compute/v1/${id}`;
export const created = "2026-01-01T00:00:00.000-08:00";
