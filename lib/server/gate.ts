import { abortable } from "../core/abort.js";
import { OptionError } from "../core/errors.js";
import { HttpError } from "./errors.js";

export interface GateOptions {
  /** How many may be inside at once. */
  readonly maxConcurrent: number;
  /** How many may wait for it. */
  readonly maxQueue: number;
  /** Called whenever the numbers inside or waiting have changed. */
  readonly onChange?: (inside: number, waiting: number) => void;
}

/** Lets a number of requests in at once, the others in the order they came; sends away whom it has no room for. */
export class Gate {
  private inside = 0;
  private readonly queue: (() => void)[] = [];

  /** @throws OptionError for numbers that let nobody in */
  constructor(private readonly options: GateOptions) {
    const { maxConcurrent, maxQueue } = options;
    if (!(maxConcurrent >= 1)) throw new OptionError("maxConcurrent", maxConcurrent, "a whole number from 1");
    if (!(maxQueue >= 0)) throw new OptionError("maxQueue", maxQueue, "a whole number from 0");
  }

  /**
   * Waits for a place, and gives back how to leave it.
   * @throws HttpError 429 if too many wait already; the signal's reason once it is aborted
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const { maxConcurrent, maxQueue } = this.options;
    if (this.inside >= maxConcurrent) {
      if (this.queue.length >= maxQueue) {
        const message = `${this.inside} requests run and ${this.queue.length} wait already: try again later`;
        throw new HttpError(429, message, { code: "queue_full", retryAfter: 1 });
      }
      await this.wait(signal);
    } else this.inside++;
    this.changed();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      // A place goes from hand to hand, so that nobody who comes later gets it first.
      const next = this.queue.shift();
      if (next === undefined) this.inside--;
      else next();
      this.changed();
    };
  }

  private async wait(signal: AbortSignal): Promise<void> {
    let letIn = () => {};
    const turn = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    this.queue.push(letIn);
    this.changed();
    try {
      await abortable(turn, signal);
    } catch (error) {
      const at = this.queue.indexOf(letIn);
      if (at >= 0) this.queue.splice(at, 1);
      else this.passOn();
      this.changed();
      throw error;
    }
  }

  /** For a place that was handed to somebody who had just gone. */
  private passOn(): void {
    const next = this.queue.shift();
    if (next === undefined) this.inside--;
    else next();
  }

  private changed(): void {
    this.options.onChange?.(this.inside, this.queue.length);
  }
}
