import { SetupError } from "./errors.mjs";

/**
 * @typedef {object} SetupOptions
 * @property {boolean} offline
 * @property {string[]} asked steps named by `--with`
 * @property {string[]} declined steps named by `--without`
 * @property {string[]} rest what is not ours, in its order
 */

/**
 * Takes the options of set-up out of a command line.
 * @param {readonly string[]} args
 * @param {readonly string[]} extraSteps names that `--with` and `--without` may give
 * @returns {SetupOptions}
 * @throws {SetupError} for `--with` or `--without` with no name or an unknown one
 */
export function parseSetupOptions(args, extraSteps) {
  /** @type {SetupOptions} */
  const options = { offline: false, asked: [], declined: [], rest: [] };
  for (let i = 0; i < args.length; i++) {
    const [name, value] = args[i].split(/=(.*)/s);
    if (args[i] === "--offline") options.offline = true;
    else if (name === "--with") options.asked.push(...extraNames(name, value ?? args[++i], extraSteps));
    else if (name === "--without") options.declined.push(...extraNames(name, value ?? args[++i], extraSteps));
    else options.rest.push(args[i]);
  }
  return options;
}

/** @param {string} option @param {string | undefined} value @param {readonly string[]} known */
function extraNames(option, value, known) {
  const names = (value ?? "").split(",");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new SetupError(`${option} knows no step \`${unknown}\`.`, {
    wayOut: [`write one of: ${known.join(", ")}`],
  });
}
