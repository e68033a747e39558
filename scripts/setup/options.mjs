import { SetupError } from "./errors.mjs";

/**
 * @typedef {{ offline: boolean, asked: string[], rest: string[] }} SetupOptions `rest`: what is not ours, in its order
 */

/**
 * Takes the options of set-up out of a command line.
 * @param {readonly string[]} args
 * @param {readonly string[]} extraSteps names that `--with` may give
 * @returns {SetupOptions}
 * @throws {SetupError} for `--with` without a name or with an unknown one
 */
export function parseSetupOptions(args, extraSteps) {
  /** @type {SetupOptions} */
  const options = { offline: false, asked: [], rest: [] };
  for (let i = 0; i < args.length; i++) {
    const [name, value] = args[i].split(/=(.*)/s);
    if (args[i] === "--offline") options.offline = true;
    else if (name === "--with") options.asked.push(...extraNames(value ?? args[++i], extraSteps));
    else options.rest.push(args[i]);
  }
  return options;
}

/** @param {string | undefined} value @param {readonly string[]} known */
function extraNames(value, known) {
  const names = (value ?? "").split(",");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new SetupError(`--with knows no step \`${unknown}\`.`, {
    wayOut: [`write one of: ${known.join(", ")}`],
  });
}
