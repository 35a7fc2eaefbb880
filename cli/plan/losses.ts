/** What is lost with a resource of each type when it is deleted or replaced, in the words of a warning. */
const losses: Readonly<Record<string, string>> = {
  "gcp:artifactregistry/repository:Repository": "every image and chart in it",
  "gcp:certificatemanager/certificate:Certificate":
    "the certificate, which takes Google a while to issue again",
  "gcp:certificatemanager/certificateMap:CertificateMap": "TLS of every gateway that uses it",
  "gcp:compute/address:Address": "the address, which others may have on their lists",
  "gcp:compute/disk:Disk": "everything on the disk",
  "gcp:compute/globalAddress:GlobalAddress": "the address, which others may have on their lists",
  "gcp:compute/network:Network": "every connection through it",
  "gcp:compute/regionDisk:RegionDisk": "everything on the disk",
  "gcp:compute/subnetwork:Subnetwork": "every address in it",
  "gcp:container/cluster:Cluster": "everything that runs in it, and its volumes",
  "gcp:dns/managedZone:ManagedZone": "its records, and the name servers that others point at",
  "gcp:gkebackup/backupPlan:BackupPlan": "every backup that it made",
  "gcp:kms/cryptoKey:CryptoKey": "whatever it encrypted, and its name for ever",
  "gcp:kms/keyRing:KeyRing": "its keys, and its name for ever",
  "gcp:memorystore/instance:Instance": "everything that is cached in it",
  "gcp:secretmanager/secret:Secret": "every version of the secret",
  "gcp:serviceaccount/account:Account": "what other projects granted it",
  "gcp:sql/database:Database": "everything in the database",
  "gcp:sql/databaseInstance:DatabaseInstance": "every database on it",
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "every object of its kind",
  "kubernetes:core/v1:Namespace": "everything in the namespace",
  "kubernetes:core/v1:PersistentVolume": "everything on the volume",
  "kubernetes:core/v1:PersistentVolumeClaim": "everything on the volume",
  "kubernetes:core/v1:Secret": "what only it holds",
  "kubernetes:secret-sync.gke.io/v1:SecretSync": "the Secret that it keeps, until it is made again",
  "kubernetes:gateway.networking.k8s.io/v1:Gateway": "every connection through its load balancer",
  "kubernetes:helm.sh/v3:Release": "what runs of it, until it is installed again",
  "random:index/randomId:RandomId": "the names that are made of it",
};

/** Types that hold nothing that a new one would not have: rules, grants, ways, machines without a memory. */
const holdNothing: ReadonlySet<string> = new Set([
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
  "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
  "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
  "gcp:compute/backendService:BackendService",
  "gcp:compute/firewall:Firewall",
  "gcp:compute/forwardingRule:ForwardingRule",
  "gcp:compute/globalForwardingRule:GlobalForwardingRule",
  "gcp:compute/healthCheck:HealthCheck",
  "gcp:compute/instanceGroup:InstanceGroup",
  "gcp:compute/networkEndpointGroup:NetworkEndpointGroup",
  "gcp:compute/regionBackendService:RegionBackendService",
  "gcp:compute/regionHealthCheck:RegionHealthCheck",
  "gcp:compute/regionSslCertificate:RegionSslCertificate",
  "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy",
  "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
  "gcp:compute/regionUrlMap:RegionUrlMap",
  "gcp:compute/router:Router",
  "gcp:compute/routerNat:RouterNat",
  "gcp:compute/sSLCertificate:SSLCertificate",
  "gcp:compute/sSLPolicy:SSLPolicy",
  "gcp:compute/targetHttpProxy:TargetHttpProxy",
  "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
  "gcp:compute/targetPool:TargetPool",
  "gcp:compute/uRLMap:URLMap",
  "gcp:container/nodePool:NodePool",
  "gcp:dns/policy:Policy",
  "gcp:dns/recordSet:RecordSet",
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
  "gcp:billing/budget:Budget",
  "gcp:monitoring/alertPolicy:AlertPolicy",
  "gcp:monitoring/dashboard:Dashboard",
  "gcp:monitoring/notificationChannel:NotificationChannel",
  "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig",
  "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy",
  "gcp:projects/iAMCustomRole:IAMCustomRole",
  "gcp:projects/iAMMember:IAMMember",
  "gcp:projects/service:Service",
  "gcp:projects/serviceIdentity:ServiceIdentity",
  "gcp:secretmanager/secretIamMember:SecretIamMember",
  "gcp:serviceaccount/iAMMember:IAMMember",
  "gcp:sql/user:User",
  "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
  "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
  "kubernetes:apps/v1:Deployment",
  "kubernetes:networking.gke.io/v1:HealthCheckPolicy",
  "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass",
  "kubernetes:core/v1:ConfigMap",
  "kubernetes:core/v1:LimitRange",
  "kubernetes:core/v1:ResourceQuota",
  "kubernetes:core/v1:Service",
  "kubernetes:core/v1:ServiceAccount",
  "kubernetes:core/v1:ServiceAccountPatch",
  "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  "kubernetes:networking.gke.io/v1:GCPGatewayPolicy",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:policy/v1:PodDisruptionBudget",
  "kubernetes:rbac.authorization.k8s.io/v1:Role",
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  "kubernetes:scheduling.k8s.io/v1:PriorityClass",
  "kubernetes:storage.k8s.io/v1:StorageClass",
]);

/** Components and providers are not there in any cloud. */
const nowhere = /^(platform:|pulumi:)/;

/** What is lost with a resource of this type, or undefined when it holds nothing. A type that is not known may hold anything. */
export function lossWith(type: string): string | undefined {
  if (holdNothing.has(type) || nowhere.test(type)) return undefined;
  return losses[type] ?? "whatever it holds, since nobody has said yet what that is";
}

/** Whether somebody has said what is lost with a resource of this type. */
export function isKnown(type: string): boolean {
  return holdNothing.has(type) || nowhere.test(type) || type in losses;
}
