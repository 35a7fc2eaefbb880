/** A service to watch, for tests of what watches it. */
import type { Watched } from "../../components/alert-rules";

/** Promises, sizes and name of a service; `changes` replaces some. */
export function watched(changes: Partial<Watched> = {}): Watched {
  return {
    service: "billing",
    namespace: "staging",
    objectives: { availability: 99.9, latency: { milliseconds: 500, percent: 99 } },
    replicas: { min: 2, max: 4, cpuPercent: 70 },
    resources: { cpu: "100m", memory: "256Mi" },
    ...changes,
  };
}
