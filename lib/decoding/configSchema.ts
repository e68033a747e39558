/**
 * A zod schema as far as the public types show it. They leave zod's own types out, because the notebooks' compiler
 * would have to read all of them for every cell.
 */
export interface ConfigSchema<Config> {
  /** The value with its defaults filled in; throws zod's error. */
  parse(value: unknown): Config;
}
