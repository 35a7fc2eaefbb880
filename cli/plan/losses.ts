/**
 * What is lost with a resource of each type when it is deleted or replaced, in the words of a warning. A type that is
 * not here holds nothing that its replacement would not have.
 */
const losses: Readonly<Record<string, string>> = {
  "gcp:artifactregistry/repository:Repository": "every image and chart in it",
  "gcp:compute/address:Address": "the address, which others may have on their lists",
  "gcp:compute/disk:Disk": "everything on the disk",
  "gcp:compute/network:Network": "every connection through it",
  "gcp:compute/subnetwork:Subnetwork": "every address in it",
  "gcp:container/cluster:Cluster": "everything that runs in it, and its volumes",
  "gcp:dns/managedZone:ManagedZone": "its records, and the name servers that others point at",
  "gcp:kms/cryptoKey:CryptoKey": "whatever it encrypted, and its name for ever",
  "gcp:kms/keyRing:KeyRing": "its keys, and its name for ever",
  "gcp:secretmanager/secret:Secret": "every version of the secret",
  "gcp:sql/database:Database": "everything in the database",
  "gcp:sql/databaseInstance:DatabaseInstance": "every database on it",
  "gcp:storage/bucket:Bucket": "every object in it",
  "kubernetes:core/v1:Namespace": "everything in the namespace",
  "kubernetes:core/v1:PersistentVolume": "everything on the volume",
  "kubernetes:core/v1:PersistentVolumeClaim": "everything on the volume",
  "random:index/randomId:RandomId": "the names that are made of it",
};

/** What is lost with a resource of this type, or undefined when it holds nothing. */
export function lossWith(type: string): string | undefined {
  return losses[type];
}
