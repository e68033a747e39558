import { declinedSteps } from "./choices.mjs";
import { createContext, PROJECT } from "./context.mjs";
import { explain } from "./errors.mjs";
import { parseSetupOptions } from "./options.mjs";
import { Progress } from "./progress.mjs";
import { runSteps, StepFailed } from "./runner.mjs";
import { EXTRAS, STEPS } from "./steps.mjs";

/** @typedef {import("./context.mjs").Context} Context */

/**
 * Reads the options of set-up and does it. Ends the process with code 1 and the way out where it fails.
 * @param {readonly string[]} args
 * @param {{ extras?: string[], problemOf?: (rest: string[]) => string | undefined, onFailure?: () => void }} [more]
 *   `extras` are asked for besides `--with`; `problemOf` says what is wrong with the arguments that are not of set-up,
 *   before anything is done: the process ends with code 2; `onFailure` runs last before the process ends
 * @returns {Promise<{ context: Context, rest: string[] }>} `rest`: arguments that are not of set-up
 */
export async function setUp(args, { extras = [], problemOf, onFailure } = {}) {
  const progress = new Progress();
  stopOnSignals(progress);
  try {
    const { offline, rest, ...now } = parseSetupOptions(args, EXTRAS);
    const problem = problemOf?.(rest);
    if (problem !== undefined) {
      progress.line(problem);
      process.exit(2);
    }
    const declined = declinedSteps(PROJECT, now);
    const context = createContext({ offline, asked: [...now.asked, ...extras], declined });
    const started = performance.now();
    const ran = await runSteps(STEPS, context, progress);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    progress.line(ran.length > 0 ? `Set-up done in ${seconds} s.` : `Set-up is up to date (${seconds} s).`);
    if (ran.length > 0) tellExtras(context, progress);
    return { context, rest };
  } catch (error) {
    progress.stop();
    progress.line(describeFailure(error));
    onFailure?.();
    process.exit(1);
  }
}

/** @param {unknown} error */
function describeFailure(error) {
  if (!(error instanceof StepFailed)) return `Set-up stopped.\n${explain(error).describe()}`;
  return `Set-up stopped at: ${error.step.title} (${error.step.name})\n${error.reason.describe()}`;
}

/** @param {Context} context @param {Progress} progress */
function tellExtras(context, progress) {
  const left = STEPS.filter((step) => step.isWanted?.(context) === false);
  for (const step of left) {
    progress.line(
      `  ${step.title}: left out, TensorFlow.js runs without it; \`npm run setup -- --with ${step.name}\` adds it (${step.megabytes} MB).`,
    );
  }
}

/**
 * Children die with this process by themselves; what is left is to say so.
 * @param {Progress} progress
 */
function stopOnSignals(progress) {
  for (const [signal, code] of /** @type {const} */ ([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])) {
    process.once(signal, () => {
      progress.stop();
      progress.line(
        `Set-up was interrupted (${signal}). Run the command again: it goes on where it stopped.`,
      );
      process.exit(code);
    });
  }
}
