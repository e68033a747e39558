/** @typedef {{ only: string[], filters: string[], fast: boolean, problem?: string }} TestOptions */

/**
 * Reads `--only lib,lint`, `--fast` and filters such as `tests/decoding`, which vitest takes; a filter alone means `--only lib`.
 * @param {readonly string[]} args
 * @param {readonly string[]} stages names that `--only` may give, besides `setup`
 * @returns {TestOptions}
 */
export function parseTestOptions(args, stages) {
  /** @type {TestOptions} */
  const options = { only: [], filters: [], fast: false };
  for (let i = 0; i < args.length; i++) {
    const [name, value] = args[i].split(/=(.*)/s);
    if (name === "--only") options.only.push(...(value ?? args[++i] ?? "").split(","));
    else if (name === "--fast") options.fast = true;
    else if (args[i].startsWith("-"))
      options.problem = `Unknown option ${args[i]}; there are --only and --fast.`;
    else options.filters.push(args[i]);
  }
  const known = ["setup", ...stages];
  const unknown = options.only.find((name) => !known.includes(name));
  if (unknown !== undefined)
    options.problem = `--only knows no \`${unknown}\`; write some of ${known.join(", ")}.`;
  if (options.filters.length > 0 && options.only.length === 0) options.only = ["lib"];
  return options;
}
