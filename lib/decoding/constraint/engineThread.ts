import type { Worker } from "node:worker_threads";
import { LogitbookError, OptionError } from "../../core/errors.js";
import { startThread } from "../../core/thread.js";
import { ThreadCalls } from "../../core/threadCalls.js";
import type { Tokens } from "../../core/types.js";
import {
  BROKEN,
  type EngineOrder,
  FILLED,
  type FromEngine,
  MASK,
  POSITION,
  STATE,
  type ToEngine,
  WAITING,
} from "./protocol.js";

/** A mask takes less than a hundredth of a second, where the engine does not compile something else. */
const MOST_MILLISECONDS = 60_000;

/** An engine of constraints in a thread of its own: compiling blocks nobody, and can be given up. */
export class EngineThread {
  private readonly worker: Worker;
  private readonly answer: Int32Array<SharedArrayBuffer>;
  private readonly calls: ThreadCalls;

  /** @param texts the tokens in the engine's symbols; the last stands for the end of a text */
  constructor(texts: readonly string[]) {
    const words = MASK + Math.ceil(texts.length / 32);
    this.answer = new Int32Array(new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT));
    this.worker = startThread("constraint-worker", { texts, answer: this.answer } satisfies EngineOrder);
    this.calls = new ThreadCalls(this.worker);
    this.worker.on("message", (message: FromEngine) => this.receive(message));
    this.worker.on("error", (error) =>
      this.calls.fail(new LogitbookError(`the engine of constraints failed: ${error.message}`)),
    );
    this.worker.on("exit", () => this.calls.fail(new LogitbookError("the engine of constraints has ended")));
  }

  /** Whether it can be asked no more. */
  get isGone(): boolean {
    return this.calls.gone !== undefined;
  }

  /**
   * Compiles a constraint, or takes it as it is still compiled, and returns the number that its masks are asked by.
   * @param constraint as JSON
   * @throws OptionError for a constraint that can't be read
   */
  async open(constraint: string, ends: Tokens): Promise<number> {
    if (this.calls.gone) throw this.calls.gone;
    const id = this.calls.newId();
    return this.calls.wait<number>(id, () => this.send({ type: "open", id, constraint, ends }));
  }

  /**
   * One bit for each token says whether it may follow the text. The thread of the caller waits: the processors of a
   * step are plain functions. Valid until the next mask is asked for.
   * @throws LogitbookError for a text that breaks the constraint
   */
  mask(id: number, text: Tokens): Int32Array {
    if (this.calls.gone) throw this.calls.gone;
    Atomics.store(this.answer, STATE, WAITING);
    this.send({ type: "mask", id, text });
    Atomics.wait(this.answer, STATE, WAITING, MOST_MILLISECONDS);
    const state = Atomics.load(this.answer, STATE);
    if (state === FILLED) return this.answer.subarray(MASK);
    if (state !== BROKEN) throw new LogitbookError("the engine of constraints gives no answer");
    const position = this.answer[POSITION];
    throw new LogitbookError(
      `the token ${text[position]}, number ${position + 1} of the text, breaks the constraint: did a processor such ` +
        "as `forcedFirst` or `forcedEnd` bring it back?",
    );
  }

  close(id: number): void {
    if (!this.calls.gone) this.send({ type: "close", id });
  }

  /** Ends it, whatever it is at. */
  end(reason: Error): void {
    this.calls.fail(reason);
    void this.worker.terminate();
  }

  private send(message: ToEngine): void {
    this.worker.postMessage(message);
  }

  private receive(message: FromEngine): void {
    const call = this.calls.settle(message.id);
    if (message.type === "opened") call?.resolve(message.id as never);
    if (message.type === "refused") {
      call?.reject(new OptionError(message.option, message.value, message.expected));
    }
    if (message.type === "failed") call?.reject(new LogitbookError(message.message));
  }
}
