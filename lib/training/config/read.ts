import { stringify } from "yaml";
import { ConfigError, OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { ConfigSchema } from "../../decoding/index.js";
import { fieldName, readWith } from "../../decoding/schema.js";
import { assertFits, type Consistency } from "./consistency.js";
import { parseOverride, withOverride } from "./overrides.js";
import { type SamplingConfig, samplingSchema } from "./samplingSchema.js";
import { type RunConfig, runConfigSchema } from "./schema.js";
import { readYaml } from "./yaml.js";

export interface ConfigReadOptions {
  /** What the text came from, for messages. Default `config`. */
  readonly file?: string;
  /** As `--set` takes them: `training.steps=2000`. Later ones win. */
  readonly overrides?: readonly string[];
}

const names: OptionNames<ConfigReadOptions> = { file: true, overrides: true };

/**
 * Reads the configuration of a training run from YAML or JSON, and fills in its defaults.
 * @throws ConfigError that names file, line, field, rule and, for a misspelt name, the nearest one
 */
export function parseRunConfig(text: string, options: ConfigReadOptions = {}): RunConfig {
  return parseConfig(runConfigSchema, text, options, assertFits);
}

/**
 * Reads what to sample, as `predict` takes it.
 * @throws ConfigError as `parseRunConfig`
 */
export function parseSamplingConfig(text: string, options: ConfigReadOptions = {}): SamplingConfig {
  return parseConfig(samplingSchema, text, options, () => undefined);
}

/** The configuration as YAML, to be read by `parseRunConfig` again. */
export function configText(config: RunConfig | SamplingConfig): string {
  return stringify(config);
}

function parseConfig<T>(
  schema: ConfigSchema<T>,
  text: string,
  options: ConfigReadOptions,
  consistency: Consistency<T>,
): T {
  assertKnownOptions(options, names);
  const { file = "config", overrides = [] } = options;
  const source = readYaml(text, file);
  const given = overrides.map((argument) => ({ argument, ...parseOverride(argument) }));
  const value = given.reduce<unknown>(withOverride, source.value ?? {});
  const fail = (path: readonly PropertyKey[], error: OptionError): never => {
    const blamed = given.findLast((override) => override.path.every((name, i) => name === path[i]));
    if (blamed) throw new ConfigError(`--set ${blamed.argument}`, undefined, error.message, { cause: error });
    throw new ConfigError(file, source.lineOf(path), error.message, { cause: error });
  };
  const read = readWith(schema, value);
  if ("fault" in read) {
    const { path, found, rule } = read.fault;
    return fail(path, new OptionError(fieldName("", path) || "configuration", found, rule));
  }
  const wrong = consistency(read.data);
  return wrong ? fail(wrong.path, wrong.error) : read.data;
}
