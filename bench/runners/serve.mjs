import { monitorEventLoopDelay } from "node:perf_hooks";
import readline from "node:readline";

/**
 * @typedef {(task: any) => Promise<object>} Handler
 */

/**
 * Answers tasks, a line of JSON each, in their order until the input ends.
 * @param {Record<string, Handler>} handlers one for each `kind` of task
 */
export async function serve(handlers) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const task = JSON.parse(line);
    const answer = await answerTo(task, handlers[task.kind]);
    process.stdout.write(`answer ${JSON.stringify(answer)}\n`);
  }
}

/** @param {any} task @param {Handler | undefined} handler */
async function answerTo(task, handler) {
  try {
    if (!handler) return { error: `it knows no task of the kind ${task.kind}` };
    return await handler(task);
  } catch (error) {
    return { error: /** @type {Error} */ (error).stack ?? String(error) };
  }
}

/** Notes when each token came: the first ends the prefill, which is not part of the time. */
export class Stopwatch {
  /** @type {number[]} */
  #times = [];

  tick() {
    this.#times.push(performance.now());
  }

  /** Milliseconds from the first tick to the last, and the steps between them. */
  reading() {
    const first = /** @type {number} */ (this.#times[0]);
    const last = /** @type {number} */ (this.#times.at(-1));
    return { milliseconds: last - first, steps: this.#times.length - 1 };
  }
}

/**
 * The longest time for which this thread's event loop stood still while `work` ran.
 * @param {() => Promise<unknown>} work
 * @returns {Promise<{ milliseconds: number }>}
 */
export async function longestDelay(work) {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 20)); // what went before is no part of it
  monitor.enable();
  await work();
  await new Promise((resolve) => setTimeout(resolve, 20)); // a delay is noted once it is over
  monitor.disable();
  return { milliseconds: monitor.max / 1e6 };
}
