import type { LoadedSettings } from "../config/load";
import { createCi } from "./ci";
import { createDelivery } from "./delivery";
import { createPopups } from "./popups";
import type { Product } from "./services";

/** The environment that a stack's settings describe. */
export function createEnvironment(stack: string, settings: LoadedSettings, product: Product) {
  switch (settings.environment) {
    case "ci":
      return createCi(stack, settings);
    case "popups":
      return createPopups(stack, settings);
    case "delivery":
      return createDelivery(stack, settings, product);
  }
}
