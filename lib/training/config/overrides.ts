import { parse } from "yaml";
import { ConfigError } from "../../core/errors.js";

/** One `--set name.of.field=value`. */
export interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `training.steps=2000`. The value is YAML: a number, true, null, a text, or `[a, b]`.
 * @throws ConfigError for an argument without a name, or a value that is no YAML
 */
export function parseOverride(argument: string): Override {
  const sign = argument.indexOf("=");
  const path = argument.slice(0, Math.max(sign, 0)).split(".");
  if (path.some((name) => !/^\w+$/.test(name))) {
    throw new ConfigError(`--set ${argument}`, undefined, "write it as `section.field=value`");
  }
  try {
    return { path, value: parse(argument.slice(sign + 1)) as unknown };
  } catch (error) {
    const reason = `the value is no valid YAML: ${(error as Error).message}`;
    throw new ConfigError(`--set ${argument}`, undefined, reason, { cause: error });
  }
}

/** The value with the field at the path replaced; sections on the way are made where they are missing. */
export function withOverride(value: unknown, { path, value: replacement }: Override): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return replacement;
  const section = isSection(value) ? value : {};
  return { ...section, [name]: withOverride(section[name], { path: rest, value: replacement }) };
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
