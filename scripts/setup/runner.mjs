import fs from "node:fs";
import path from "node:path";
import { temporaryFolder } from "./context.mjs";
import { explain, noSpace, SetupError } from "./errors.mjs";
import { takeLock } from "./lock.mjs";
import { isStamped, writeStamp } from "./stamp.mjs";

/**
 * @typedef {import("./context.mjs").Context} Context
 * @typedef {import("./progress.mjs").Progress} Progress
 *
 * @typedef {object} Result
 * @property {readonly string[]} files must be there for the step to count as done, relative to the root
 * @property {string} [note] what to tell a person
 *
 * @typedef {object} Step one piece of set-up: it can be killed at any moment and run again
 * @property {string} name
 * @property {string} title
 * @property {number} megabytes free space it needs while it works
 * @property {boolean} [optional] its failure is told in one line, and set-up goes on
 * @property {(context: Context) => boolean} [isWanted] absent: always
 * @property {(context: Context) => Promise<SetupError | undefined>} [obstacle] why an optional step need not be tried here;
 *   quickly found out
 * @property {(context: Context) => Promise<void>} [prepare] finds out what `stamp` and `key` need
 * @property {(context: Context) => string} stamp file inside the result, relative to the root
 * @property {(context: Context) => string} key fingerprint of all that the result depends on
 * @property {(context: Context, progress: Progress) => Promise<Result>} run
 */

/** Below this the disk counts as full, whatever words a failure found for it. */
const FULL_MB = 10;

/** Thrown with the step in which set-up stopped. */
export class StepFailed extends Error {
  /** @param {Step} step @param {SetupError} reason */
  constructor(step, reason) {
    super(`${step.title}: ${reason.message}`, { cause: reason });
    this.name = "StepFailed";
    this.step = step;
    this.reason = reason;
  }
}

/**
 * Brings everything up to date: runs the steps that are not done, in order, under the project's lock.
 * @param {readonly Step[]} steps
 * @param {Context} context
 * @param {Progress} progress
 * @returns {Promise<string[]>} names of the steps that ran
 * @throws {StepFailed}
 */
export async function runSteps(steps, context, progress) {
  const wanted = await withoutObstacles(
    steps.filter((step) => step.isWanted?.(context) ?? true),
    context,
    progress,
  );
  if ((await pendingSteps(wanted, context)).length === 0) return [];
  const release = await takeLock(path.join(context.root, ".setup", "lock"), (pid) =>
    progress.line(`  Another set-up (process ${pid}) is at work here; waiting for it.`),
  );
  process.on("exit", release);
  try {
    const pending = await pendingSteps(wanted, context);
    if (pending.length > 0) checkSpace(context, pending);
    return await runPending(wanted, context, progress);
  } finally {
    process.off("exit", release);
    release();
  }
}

/**
 * The steps that can be tried. Of the others each is told in a line, and costs no space and no time.
 * @param {readonly Step[]} steps @param {Context} context @param {Progress} progress
 */
async function withoutObstacles(steps, context, progress) {
  const clear = [];
  for (const step of steps) {
    const obstacle = (await isDone(step, context)) ? undefined : await step.obstacle?.(context);
    if (obstacle) progress.line(`  ${step.title}: left out. ${inOneLine(obstacle)}`);
    else clear.push(step);
  }
  return clear;
}

/** @param {SetupError} error */
function inOneLine({ message, wayOut }) {
  return `${message} ${wayOut[0]}`;
}

/** @param {readonly Step[]} steps @param {Context} context @param {Progress} progress */
async function runPending(steps, context, progress) {
  fs.rmSync(temporaryFolder(context), { recursive: true, force: true });
  const ran = [];
  for (const step of steps) {
    if (await isDone(step, context)) continue;
    await runStep(step, context, progress);
    ran.push(step.name);
  }
  fs.rmSync(temporaryFolder(context), { recursive: true, force: true });
  return ran;
}

/** @param {Step} step @param {Context} context @param {Progress} progress */
async function runStep(step, context, progress) {
  progress.begin(step.title);
  fs.mkdirSync(temporaryFolder(context), { recursive: true });
  try {
    fs.rmSync(path.resolve(context.root, step.stamp(context)), { force: true });
    const { files, note } = await step.run(context, progress);
    writeStamp(path.resolve(context.root, step.stamp(context)), step.key(context), context.root, files);
    progress.done(note);
  } catch (error) {
    const reason = freeMegabytes(context) < FULL_MB ? noSpace(explain(error).message, error) : explain(error);
    if (step.optional) return progress.skipped(inOneLine(reason));
    progress.failed();
    throw new StepFailed(step, reason);
  }
}

/** @param {readonly Step[]} steps @param {Context} context */
async function pendingSteps(steps, context) {
  const pending = [];
  for (const step of steps) if (!(await isDone(step, context))) pending.push(step);
  return pending;
}

/** @param {Step} step @param {Context} context */
async function isDone(step, context) {
  try {
    await step.prepare?.(context);
    return isStamped(path.resolve(context.root, step.stamp(context)), step.key(context), context.root);
  } catch (error) {
    throw new StepFailed(step, explain(error));
  }
}

/** @param {Context} context @param {readonly Step[]} pending */
function checkSpace(context, pending) {
  const needed = pending.reduce((sum, step) => sum + step.megabytes, 0);
  const free = freeMegabytes(context);
  if (free >= needed) return;
  throw new StepFailed(
    pending[0],
    new SetupError(`Not enough space on the disk: ${needed} MB are needed, ${free} MB are free.`, {
      tried: `steps still to do: ${pending.map((step) => step.name).join(", ")}`,
      wayOut: [`free ${needed - free} MB or more on the disk of ${context.root}, and run the command again`],
    }),
  );
}

/** @param {Context} context */
function freeMegabytes(context) {
  const { bavail, bsize } = fs.statfsSync(context.root);
  return Math.floor((bavail * bsize) / 1e6);
}
