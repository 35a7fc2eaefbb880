import type { StackFile } from "../../config/stack-file";
import type { Cloud } from "../cloud/cloud";
import { at, textAt } from "../cloud/rules/read";
import type { Value } from "../cloud/rules/shape";

/** What a stack takes from others of its project by name. */
interface SharedNames {
  readonly project: string;
  readonly domain: string;
  readonly zone: string;
  readonly certificateMap: string;
}

const zoneKind = "dns/managedZone:ManagedZone";
const mapKind = "certificatemanager/certificateMap:CertificateMap";

/**
 * Puts the zone and the certificate map that the settings of a stack share with others into a cloud in which the stack
 * stands alone, as whoever owns them would have made them; nothing where it shares none, or they are there.
 */
export async function assumeShared(cloud: Cloud, config: StackFile["config"]): Promise<void> {
  const names = sharedNames(config);
  if (!names) return;
  const { project, domain, zone, certificateMap } = names;
  const missing = (kind: string, name: string) =>
    !cloud.list(kind, name).some((made) => made.project === project && made.inputs["name"] === name);
  const enable = (service: string) => cloud.create("projects/service:Service", project, { service });
  if (missing(zoneKind, zone)) {
    await enable("dns.googleapis.com");
    await cloud.create(zoneKind, project, { name: zone, dnsName: `${domain}.`, visibility: "public" });
  }
  if (missing(mapKind, certificateMap)) {
    await enable("certificatemanager.googleapis.com");
    await cloud.create(mapKind, project, { name: certificateMap });
  }
}

/** As the settings say it, whatever else is wrong with them. */
function sharedNames(config: StackFile["config"]): SharedNames | undefined {
  const project = config["platform:project"];
  const gateway = config["platform:gateway"] as Value | undefined;
  const domain = textAt(gateway, "domain");
  const shared = at(gateway, "shared");
  const [zone, certificateMap] = [textAt(shared, "zone"), textAt(shared, "certificateMap")];
  const whole = [project, domain, zone, certificateMap].every((part) => typeof part === "string");
  return whole ? ({ project, domain, zone, certificateMap } as SharedNames) : undefined;
}
