import { inSlice, popupTemplate, readStackFile, type StackFile } from "../../config/stack-file";
import { isPopup } from "../../config/stacks";

/** The slice of the address plan in which a pop-up is looked at that has none yet. */
const anySlice = "popup-0";

/**
 * The settings of a stack in a tree of files, or undefined when the tree does not have that stack. A pop-up is made
 * from the template where it has no file of its own.
 *
 * @throws SettingsError when the text is no stack file.
 */
export async function settingsIn(
  stack: string,
  read: (path: string) => Promise<string | undefined>,
): Promise<StackFile | undefined> {
  const file = `Pulumi.${stack}.yaml`;
  const text = await read(file);
  if (text !== undefined) return readStackFile(text, file);
  if (!isPopup(stack)) return undefined;
  const template = await read(popupTemplate);
  return template === undefined ? undefined : inSlice(readStackFile(template, popupTemplate), anySlice);
}
