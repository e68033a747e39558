import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "../../core/errors.js";
import type { RunConfig } from "../config/schema.js";

/** What may change when a run goes on: it decides how long and how to look, not what the weights are. */
const free: readonly string[] = [
  "out",
  "backend",
  "sampling",
  "training.steps",
  "training.patience",
  "training.validateEvery",
  "training.validationBatches",
  "training.sampleInterval",
  "training.compile",
];

/**
 * Holds a run that is to go on to the configuration that it began with.
 * @throws ConfigError that names the first field that differs and may not
 */
export function assertSameRun(began: RunConfig, now: RunConfig, file: string): void {
  for (const [field, value] of fields(now)) {
    const before = new Map(fields(began)).get(field);
    if (isDeepStrictEqual(value, before) || free.some((name) => `${field}.`.startsWith(`${name}.`))) continue;
    throw new ConfigError(
      file,
      undefined,
      `\`${field}\` is ${JSON.stringify(value)}, but the run began with ${JSON.stringify(before)}: ` +
        "take that, or another folder as `out`",
    );
  }
}

/** Sections are one level deep where it matters: `training.steps`. */
function fields(config: RunConfig): [field: string, value: unknown][] {
  return Object.entries(config).flatMap(([section, value]) =>
    typeof value === "object" && value !== null
      ? Object.entries(value).map(([name, inner]): [string, unknown] => [`${section}.${name}`, inner])
      : [[section, value] as [string, unknown]],
  );
}
