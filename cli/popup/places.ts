import type { Terminal } from "../terminal";
import { GoogleCloud } from "./google-cloud";
import { LocalWorld } from "./local-world";
import type { Place } from "./place";
import { popupProject } from "./settings";

/** What every command about pop-ups is given. */
export interface PopupOptions extends Terminal {
  /**
   * A local world in place of Google Cloud.
   * @default none
   */
  readonly world?: string;
  /** Seconds in that world for one second of the emulated cloud. */
  readonly scale: number;
  /** How real a world that begins is. */
  readonly level?: "plan" | "full";
}

/** Where the pop-ups are that a command is about. */
export function placeOf(checkout: string, { world, ...options }: PopupOptions): Place {
  const project = popupProject(checkout);
  return world === undefined
    ? new GoogleCloud(checkout, project)
    : new LocalWorld(project, { world, ...options });
}
