// npm run bench: decoding speed against others on the same weights; see --help.
import fs from "node:fs";
import path from "node:path";
import { createContext, PROJECT } from "../scripts/setup/context.mjs";
import { Progress } from "../scripts/setup/progress.mjs";
import { runSteps, StepFailed } from "../scripts/setup/runner.mjs";
import { pythonEnvironment } from "../scripts/setup/steps/python-environment.mjs";
import { CONTENDERS, installed, startContender } from "./contenders.mjs";
import { measurements } from "./measurements/index.mjs";
import { HELP, parseBenchOptions, UsageError } from "./options.mjs";
import { describeMachine, formatReport, ratioLine } from "./report.mjs";
import { runRounds } from "./rounds.mjs";
import { weights } from "./tools.mjs";

/**
 * @typedef {import("./options.mjs").BenchOptions} BenchOptions
 * @typedef {import("./contender.mjs").Contender} Contender
 */

const progress = new Progress();

try {
  const options = parseBenchOptions(process.argv.slice(2), process.env);
  if (options.help) console.log(HELP);
  else await bench(options);
} catch (error) {
  progress.stop();
  const isStep = error instanceof StepFailed;
  console.error(
    isStep ? `${error.step.title}\n${error.reason.describe()}` : /** @type {Error} */ (error).message,
  );
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** @param {BenchOptions} options */
async function bench(options) {
  if (!options.quick) await prepare(options);
  /** @type {Record<string, string>} */
  const versions = {};
  const results = [];
  for (const precision of /** @type {const} */ (["exact", "fast"])) {
    const names = installed().filter((name) => CONTENDERS[name]?.precisions.includes(precision));
    const contenders = new Map(names.map((name) => [name, startContender(name, precision)]));
    try {
      for (const [name, contender] of contenders)
        versions[name] = (await contender.ask({ kind: "hello" })).version;
      results.push(...(await compare(precision, contenders, options)));
    } finally {
      await Promise.all([...contenders.values()].map((contender) => contender.stop()));
    }
  }
  if (results.length === 0) throw new UsageError(`--only ${options.only}: no title has these words`);
  const date = new Date().toISOString().slice(0, 10);
  const report = { date, machine: describeMachine(), versions, rounds: options.rounds, results };
  console.log(formatReport(report, options));
  if (options.output === undefined) return;
  fs.mkdirSync(path.dirname(path.resolve(PROJECT, options.output)), { recursive: true });
  fs.writeFileSync(path.resolve(PROJECT, options.output), `${JSON.stringify(report, null, 2)}\n`);
}

/** Brings the weights, and the contenders asked for. @param {BenchOptions} options */
async function prepare({ extras, torch }) {
  const context = createContext();
  await pythonEnvironment.prepare?.(context);
  const tools = extras.flatMap((name) => CONTENDERS[name]?.install?.(torch) ?? []);
  await runSteps([weights.step, ...tools], context, progress);
}

/**
 * @param {import("./contenders.mjs").Precision} precision
 * @param {ReadonlyMap<string, Contender>} contenders
 * @param {BenchOptions} options
 */
async function compare(precision, contenders, { quick, only = "", rounds }) {
  const all = measurements(precision, [...contenders.keys()], quick);
  const wanted = all.filter(({ title }) => title.includes(only));
  const promptOf = await promptSource(/** @type {Contender} */ (contenders.get("logitbook")));
  const results = [];
  for (const measurement of wanted) {
    progress.begin(measurement.context > 0 ? `${measurement.title}, ${precision}` : measurement.title);
    const result = await runRounds(measurement, contenders, promptOf, { rounds, warmUps: quick ? 0 : 1 });
    results.push(result);
    progress.done(ratioLine(result));
  }
  return results;
}

/**
 * Prompts of real text, the sources of the decoders or the project's README. Each is another stretch of it, so that
 * no cache has seen it.
 * @param {Contender} logitbook
 * @returns {Promise<(context: number, text?: "code" | "prose") => number[]>}
 */
async function promptSource(logitbook) {
  const folder = path.join(PROJECT, "lib", "decoding");
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const tokensOf = async (/** @type {readonly string[]} */ paths) => {
    const text = paths.map((file) => fs.readFileSync(file, "utf8")).join("\n");
    return (await logitbook.ask({ kind: "tokenize", text })).tokens;
  };
  const sources = {
    code: await tokensOf(files.map((name) => path.join(folder, name))),
    prose: await tokensOf([path.join(PROJECT, "README.md")]),
  };
  let start = 0;
  return (context, text = "code") => {
    start += 389;
    const tokens = sources[text];
    const from = start % (tokens.length - context);
    return tokens.slice(from, from + context);
  };
}
