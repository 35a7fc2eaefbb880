import type { LoadedSettings } from "../config/load";
import { createCi } from "./ci";
import { createDelivery } from "./delivery";
import type { Product } from "./services";

/** The environment that a stack's settings describe. */
export function createEnvironment(stack: string, settings: LoadedSettings, product: Product) {
  return settings.environment === "ci" ? createCi(stack, settings) : createDelivery(stack, settings, product);
}
