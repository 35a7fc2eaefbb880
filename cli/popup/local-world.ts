import type { StackFile } from "../../config/stack-file";
import { isPopup, popupsBase } from "../../config/stacks";
import { runOrThrow } from "../../local/engine/command";
import { stackExists, type Workspace } from "../../local/engine/run";
import { resourcesInState, type StateResource } from "../../local/engine/state";
import { reserveSlice } from "../../local/world/slices";
import { stacksIn, withStack, workspaceOf } from "../../local/world/stacks";
import { bringUp } from "../local/bring-up";
import { baseOf, isBaseUp } from "../local/popups-base";
import {
  type LocalOptions,
  openSession,
  provideCharts,
  root,
  type Session,
  worldLayout,
} from "../local/session";
import { checked, chooseStacks, type ChosenStack } from "../local/settings";
import { forgetStack, takeDown } from "../local/take-down";
import type { Destruction, Found, Place, Tags } from "./place";

/** A local world, where Google Cloud is emulated; it begins with the first command that needs it. */
export class LocalWorld implements Place {
  public readonly patience = 30;
  public readonly pause = 0.5;
  public readonly lag = 0;
  private opened: Promise<Session> | undefined;

  constructor(
    private readonly project: string,
    private readonly options: LocalOptions,
  ) {}

  public async ready(): Promise<void> {
    await this.session();
  }

  public stacks(): Promise<string[]> {
    const { layout } = this;
    return Promise.resolve(stacksIn(layout).filter(isPopup));
  }

  public async tags(stack: string): Promise<Tags> {
    const workspace = await this.workspace(stack);
    if (!stackExists(workspace)) return {};
    const { stdout } = await runOrThrow(workspace, ["stack", "tag", "ls", "--json", "--stack", stack]);
    return JSON.parse(stdout) as Tags;
  }

  public async setTags(stack: string, tags: Tags): Promise<void> {
    const workspace = await this.workspace(stack);
    // A removal was killed after its last step but one: only the settings are left.
    if (!stackExists(workspace)) return;
    for (const [name, value] of Object.entries(tags)) {
      await runOrThrow(workspace, ["stack", "tag", "set", name, value, "--stack", stack]);
    }
  }

  public slice(stack: string): Promise<string | undefined> {
    return Promise.resolve(reserveSlice(this.layout, stack));
  }

  public async create(stack: string, file: StackFile): Promise<void> {
    const { place } = await this.session();
    await withStack(place, stack, file.config, () => Promise.resolve());
  }

  public async up(
    stack: string,
    file: StackFile,
    onProgress: (line: string) => void,
  ): Promise<Readonly<Record<string, unknown>>> {
    const session = await this.session();
    const settings = checked(file);
    await this.withBase(session, { name: stack, file, settings }, onProgress);
    await provideCharts(session, settings, onProgress);
    return (await bringUp(session, stack, file.config, onProgress)).outputs;
  }

  public async state(stack: string): Promise<readonly StateResource[]> {
    return resourcesInState(await this.workspace(stack));
  }

  public async destroy(
    stack: string,
    { targets, lostCluster = false, onProgress }: Destruction,
  ): Promise<void> {
    await takeDown(await this.session(), await this.workspace(stack), {
      skipPreview: true,
      refresh: lostCluster,
      forgetUnreachable: lostCluster,
      onProgress,
      ...(targets && { targets }),
    });
  }

  public async remove(stack: string): Promise<void> {
    await forgetStack(await this.session(), await this.workspace(stack));
  }

  public async inventory(): Promise<readonly Found[]> {
    const { client } = await this.session();
    const resources = await client.resources();
    return resources
      .filter(({ project }) => project === this.project)
      .map(({ id, inputs, state }) => ({ name: id, text: JSON.stringify([id, inputs, state]) }));
  }

  private get layout() {
    return worldLayout(this.options);
  }

  private session(): Promise<Session> {
    // The settings of what is there say which projects the world has to know.
    this.opened ??= openSession(this.options, chooseStacks(root, this.layout, [popupsBase]));
    return this.opened;
  }

  private async workspace(stack: string): Promise<Workspace> {
    const { place } = await this.session();
    return workspaceOf(place, stack);
  }

  /** What pop-ups share has to be there first; where it is, it stays as it is. */
  private async withBase(
    session: Session,
    popup: ChosenStack,
    onProgress: (line: string) => void,
  ): Promise<void> {
    if (await isBaseUp(session, [popup])) return;
    for (const { name, file } of baseOf([popup], this.layout)) {
      onProgress(`bringing up ${name}, which all pop-ups share`);
      await bringUp(session, name, file.config, onProgress);
    }
  }
}
