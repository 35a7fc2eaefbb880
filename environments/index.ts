import type { Catalogue } from "../config/catalogue";
import type { LoadedSettings } from "../config/load";
import { createCi } from "./ci";
import { createDelivery } from "./delivery";

/** The environment that a stack's settings describe. */
export function createEnvironment(stack: string, settings: LoadedSettings, catalogue: Catalogue) {
  return settings.environment === "ci"
    ? createCi(stack, settings)
    : createDelivery(stack, settings, catalogue);
}
