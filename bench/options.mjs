import { CONTENDERS } from "./contenders.mjs";
import { TORCH } from "./tools.mjs";

/** Beyond this project's own loop and transformers.js, which are always there. */
const EXTRAS = Object.entries(CONTENDERS).flatMap(([name, { install }]) => (install ? [name] : []));

export const HELP = `npm run bench [-- OPTIONS]: decoding speed, side by side, as ratios

  --with NAMES     installs further contenders into bench/tools first: ${EXTRAS.join(", ")}
  --torch VERSION  the PyTorch to install, such as 2.10.0 (or BENCH_TORCH; default: ${TORCH})
  --only WORDS     only what has these words in its title, such as summary
  --rounds N       how often each contender has its turn (default 5)
  --markdown       prints the table as Markdown
  --output FILE    where the JSON goes (default bench/results/latest.json; with --quick or --only nowhere)
  --quick          a few tokens in two rounds, nothing fetched or converted: shows that the bench runs
  --help`;

/**
 * @typedef {object} BenchOptions
 * @property {readonly string[]} extras contenders to install
 * @property {string | undefined} torch
 * @property {string | undefined} only
 * @property {number} rounds
 * @property {boolean} quick
 * @property {boolean} markdown
 * @property {boolean} help
 * @property {string | undefined} output
 */

/** A command line that can't be honoured. */
export class UsageError extends Error {}

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {BenchOptions}
 * @throws {UsageError} for an unknown option or contender, or a value outside its range
 */
export function parseBenchOptions(args, env) {
  const given = readArguments(args);
  const quick = given.has("--quick");
  const rounds = Number(given.get("--rounds") ?? (quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds must be a whole number from 1, but is ${given.get("--rounds")}`);
  }
  const torch = given.get("--torch") ?? env.BENCH_TORCH;
  if (torch !== undefined && !/^\d+(\.\d+)*$/.test(torch)) {
    throw new UsageError(`--torch must be a version such as ${TORCH}, but is ${torch}`);
  }
  return {
    extras: readExtras(given.get("--with")),
    torch,
    only: given.get("--only"),
    rounds,
    quick,
    markdown: given.has("--markdown"),
    help: given.has("--help"),
    output: given.get("--output") ?? (quick || given.has("--only") ? undefined : "bench/results/latest.json"),
  };
}

/** @param {readonly string[]} args @returns {Map<string, string>} */
function readArguments(args) {
  const given = new Map();
  for (let i = 0; i < args.length; i++) {
    const [name = "", attached] = /** @type {string} */ (args[i]).split(/=(.*)/s);
    const takesValue = ["--with", "--torch", "--only", "--rounds", "--output"].includes(name);
    const value = takesValue ? (attached ?? args[++i]) : attached;
    if (!takesValue && !["--quick", "--markdown", "--help"].includes(name)) {
      throw new UsageError(`there is no option ${args[i]}; see --help`);
    }
    if (takesValue !== (value !== undefined && value !== "")) {
      throw new UsageError(`${name} takes ${takesValue ? "a" : "no"} value; see --help`);
    }
    given.set(name, value ?? "");
  }
  return given;
}

/** @param {string | undefined} names */
function readExtras(names) {
  const extras = names === undefined ? [] : names.split(",");
  const unknown = extras.find((name) => !EXTRAS.includes(name));
  if (unknown === undefined) return extras;
  throw new UsageError(`--with knows no contender \`${unknown}\`; write some of ${EXTRAS.join(", ")}`);
}
