import type { Destruction, Found, Place, Tags } from "../../cli/popup/place";
import type { StateResource } from "../../local/engine/state";

/** What is done with the one pop-up of a place, in its order. */
export type Done = "tags" | "drain" | "destroy" | "remove";

/** A place in memory with one pop-up, in which somebody else may do something before each step. */
export class PopupPlace implements Place {
  public readonly patience = 0.05;
  public readonly pause = 0.001;
  public readonly lag = 0;
  public readonly done: Done[] = [];
  public found: Found[] = [];
  /** What somebody else does before a step. */
  public before: (step: Done, place: PopupPlace) => void = () => undefined;

  constructor(
    public readonly stack: string,
    public known: Tags | undefined,
    public resources: StateResource[],
  ) {}

  public ready(): Promise<void> {
    return Promise.resolve();
  }

  public stacks(): Promise<string[]> {
    return Promise.resolve(this.known ? [this.stack] : []);
  }

  public tags(): Promise<Tags> {
    return Promise.resolve(this.known ?? {});
  }

  public setTags(_: string, tags: Tags): Promise<void> {
    this.step("tags");
    this.known = { ...this.known, ...tags };
    return Promise.resolve();
  }

  public slice(): Promise<string | undefined> {
    return Promise.resolve("popup-0");
  }

  public create(): Promise<void> {
    return Promise.resolve();
  }

  public up(): Promise<Readonly<Record<string, unknown>>> {
    return Promise.resolve({});
  }

  public state(): Promise<readonly StateResource[]> {
    return Promise.resolve(this.resources);
  }

  public destroy(_: string, { targets }: Destruction): Promise<void> {
    this.step(targets ? "drain" : "destroy");
    this.resources = this.resources.filter(({ urn }) => targets !== undefined && !targets.includes(urn));
    return Promise.resolve();
  }

  public remove(): Promise<void> {
    this.step("remove");
    this.known = undefined;
    return Promise.resolve();
  }

  public inventory(): Promise<readonly Found[]> {
    return Promise.resolve(this.found);
  }

  private step(step: Done): void {
    this.before(step, this);
    this.done.push(step);
  }
}
