import type { Logits, Tokens } from "../../core/types.js";
import type { GraphRunner, RowRequest } from "./request.js";

interface Job {
  readonly id: number;
  readonly requests: readonly RowRequest[];
  readonly resolve: (rows: Logits[][]) => void;
  readonly reject: (error: unknown) => void;
}

/** Rejects the promise of a job that was stopped. */
export class Stopped extends Error {}

/**
 * Feeds a runner, which can do one thing at a time. Jobs that wait at the same moment are computed together, so
 * that concurrent decoders share each run of the graph. A job stopped while it waits is dropped; the jobs under
 * way go on until each of them is stopped.
 */
export class Engine {
  private waiting: Job[] = [];
  private running: Job[] = [];
  private readonly stopped = new Set<number>();
  private busy = false;

  constructor(private readonly runner: GraphRunner) {}

  /** Rows for each request, one list per request. `id` names the job for `stop`. */
  rows(id: number, requests: readonly RowRequest[]): Promise<Logits[][]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ id, requests, resolve, reject });
      void this.work();
    });
  }

  stop(id: number): void {
    const job = this.waiting.find((other) => other.id === id);
    this.waiting = this.waiting.filter((other) => other !== job);
    job?.reject(new Stopped());
    if (this.running.some((other) => other.id === id)) this.stopped.add(id);
  }

  /** Stops everything, and resolves once nothing runs any more. */
  async close(): Promise<void> {
    for (const { id } of [...this.waiting, ...this.running]) this.stop(id);
    while (this.busy) await breathe();
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.length > 0) {
      this.running = this.waiting.splice(0);
      await this.compute(this.running);
      this.running = [];
      this.stopped.clear();
      await breathe();
    }
    this.busy = false;
  }

  private async compute(jobs: readonly Job[]): Promise<void> {
    try {
      const rows: Logits[][] = [];
      for (const group of fittingGroups(
        jobs.flatMap((job) => job.requests),
        this.runner.capacity,
      )) {
        if (rows.length > 0) await this.pause();
        rows.push(...(await this.runner.rows(group, () => this.pause())));
      }
      for (const job of jobs) job.resolve(rows.splice(0, job.requests.length));
    } catch (error) {
      for (const job of jobs) job.reject(error);
    }
  }

  /** Lets messages in between two runs, and stops the runner if nobody waits for the result any more. */
  private async pause(): Promise<void> {
    await breathe();
    if (this.running.every((job) => this.stopped.has(job.id))) throw new Stopped();
  }
}

/** Cuts the requests, in order, into groups whose distinct tokens fit the cache; a prefix shared counts once. */
export function fittingGroups(requests: readonly RowRequest[], capacity: number): RowRequest[][] {
  const groups: RowRequest[][] = [];
  let room = 0;
  let before: RowRequest | undefined;
  for (const request of requests) {
    const added = request.tokens.length - (before ? sharedLength(before.tokens, request.tokens) : 0);
    if (before && added <= room) {
      groups.at(-1)!.push(request);
      room -= added;
    } else {
      groups.push([request]);
      room = capacity - request.tokens.length;
    }
    before = request;
  }
  return groups;
}

function sharedLength(a: Tokens, b: Tokens): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
