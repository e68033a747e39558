import type { Worker } from "node:worker_threads";

/** What becomes of a call. */
interface Waiting {
  /** Takes the answer that the thread gives to this kind of call. */
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls that wait for the answers of a thread, which keeps the process alive only while one does. */
export class ThreadCalls {
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private failure: Error | undefined;

  constructor(private readonly worker: Worker) {
    worker.unref();
  }

  /** Why the thread answers no more. */
  get gone(): Error | undefined {
    return this.failure;
  }

  /** A number for a call, which its answer bears too. */
  newId(): number {
    return this.nextId++;
  }

  /** Sends a call, and waits until it is settled. */
  wait<Answer>(id: number, send: () => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.ref();
      send();
    });
  }

  /**
   * Takes a call off the list. The late answer to one that was given up changes nothing: somebody may be waiting for the
   * thread's end.
   */
  settle(id: number): Waiting | undefined {
    const call = this.waiting.get(id);
    if (call === undefined) return undefined;
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.worker.unref();
    return call;
  }

  /** Fails all calls that wait; the first reason stays the thread's. */
  fail(error: Error): void {
    this.failure ??= error;
    for (const id of [...this.waiting.keys()]) this.settle(id)?.reject(this.failure);
  }
}
