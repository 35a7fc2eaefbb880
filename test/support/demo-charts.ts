import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fillRegistry } from "../../cli/local/demo-charts";
import { parseSettings } from "../../config/parse";
import { buildPrograms } from "../../local/clusters/programs";
import type { World } from "../../local/world/world";
import { root, stackConfig } from "./settings";

/**
 * Puts the charts that a stack releases into the registry of a world in this process, as `platform local up` does; the
 * world was opened with `programs` and `registryProgram`.
 */
export async function provideCharts({ clusters }: World, stack: string): Promise<void> {
  const settings = parseSettings(stackConfig(stack));
  const registry = clusters?.registry;
  if (!registry || settings.environment !== "delivery") throw new Error("nothing here pulls a chart");
  const temporary = mkdtempSync(join(tmpdir(), "platform-charts-"));
  const { helm } = await buildPrograms();
  try {
    await fillRegistry(settings.services, {
      ...{ root, helm, temporary },
      client: {
        missingCharts: async ({ repository, charts }) => ({
          charts: await registry.missing(repository, charts),
        }),
        publishCharts: async ({ repository, charts }) => ({
          charts: await registry.publish(
            repository,
            charts.map((chart) => ({ ...chart, archive: Buffer.from(chart.archive, "base64") })),
          ),
        }),
      },
      onProgress: () => undefined,
    });
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
