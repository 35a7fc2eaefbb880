import type { Catalogue } from "../../../config/catalogue";
import { serviceName, serviceNameRule } from "../../../config/service";
import { type Finding, findingsOf, type Judge, type Rule } from "../finding";
import { storesIn } from "./jenkinsfile";

const name: Rule = { id: "service-name", holds: "The service has a name that an environment can use." };
const stores: Rule = {
  id: "catalogue-stores",
  holds: "Its builds start the stores that the catalogue gives it, no more and no fewer.",
};

export const catalogueRules = [name, stores];

/** Whether a repository and its catalogue entry speak of the same service. */
export function judgeAgainst(catalogue: Catalogue): Judge {
  return (repository): Finding[] => {
    if (!serviceName.safeParse(repository.name).success) {
      return [
        findingsOf(name)(
          repository.folder,
          `${JSON.stringify(repository.name)} is no service's name: ${serviceNameRule}`,
          "rename the folder, or say --name NAME",
        ),
      ];
    }
    const entry = catalogue[repository.name];
    const built = storesIn(repository.text("Jenkinsfile") ?? "")?.sort();
    if (entry === undefined || built === undefined) return [];
    const given = [...entry.stores].sort();
    return built.join() === given.join()
      ? []
      : [
          findingsOf(stores)(
            "Jenkinsfile",
            `builds start ${listed(built)}, but catalog/services/${repository.name}.yaml gives the service ${listed(given)}`,
            "change the one that is wrong",
          ),
        ];
  };
}

function listed(stores: readonly string[]): string {
  return stores.length === 0 ? "no store" : stores.join(" and ");
}
