import type { LanguageModel, Logits, Tokens } from "../../core/types.js";
import { callsOf, type PlannedRead, planStep, type WaitingRow } from "./plan.js";
import { ReadPrefixes } from "./readPrefixes.js";

/** One caller's request, and what it has got so far. */
interface Call {
  readonly found: Logits[];
  readonly resolve: (rows: Logits[]) => void;
  readonly reject: (error: unknown) => void;
  /** Whether nobody waits for it any more. */
  gone: boolean;
}

interface Row extends WaitingRow {
  readonly call: Call;
  /** Its place in the caller's request. */
  readonly index: number;
}

/** How many turns of the event loop a step waits for the callers of the last one to ask again. */
const PATIENCE = 4;
/** How many texts are remembered as read. */
const REMEMBERED = 64;

/** Runs a model step by step for all who ask it. */
export class Scheduler {
  private waiting: Row[] = [];
  /** How many callers have asked since the last step began, and how many it has answered. */
  private arrived = 0;
  private answered = 0;
  private busy = false;
  private readonly read = new ReadPrefixes(REMEMBERED);
  /** What is on its way, to be stopped when nobody waits for it any more. */
  private running: { readonly calls: ReadonlySet<Call>; readonly abort: AbortController } | undefined;

  constructor(
    private readonly model: LanguageModel,
    private readonly promptTokens: number,
    private readonly maxRows: number,
  ) {}

  /** One row of scores for each prefix. */
  async rows(prefixes: readonly Tokens[], signal?: AbortSignal): Promise<Logits[]> {
    let abort = () => {};
    try {
      return await new Promise<Logits[]>((resolve, reject) => {
        const call: Call = { found: [], resolve, reject, gone: false };
        abort = () => this.drop(call, signal?.reason);
        signal?.addEventListener("abort", abort, { once: true });
        for (const [index, tokens] of prefixes.entries()) {
          this.waiting.push({ call, index, tokens, read: this.read.sharedLength(tokens) });
        }
        this.arrived++;
        void this.work();
      });
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    do {
      await this.gather();
      [this.arrived, this.answered] = [0, 0];
      for (const reads of callsOf(planStep(this.waiting, this.promptTokens), this.maxRows)) {
        await this.call(reads.filter(({ row }) => !row.call.gone));
      }
    } while (this.waiting.length > 0 || this.answered > 0);
    this.busy = false;
  }

  /** Gives those who were just answered the time to ask for their next row, so that they share the next step. */
  private async gather(): Promise<void> {
    let turns = 0;
    do {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    } while (turns < PATIENCE && this.arrived < this.answered);
  }

  private async call(reads: readonly PlannedRead<Row>[]): Promise<void> {
    if (reads.length === 0) return;
    const calls = new Set(reads.map(({ row }) => row.call));
    const abort = new AbortController();
    this.running = { calls, abort };
    try {
      const prefixes = reads.map(({ row, length }) =>
        length === row.tokens.length ? row.tokens : row.tokens.slice(0, length),
      );
      const rows = await this.model.nextLogits(prefixes, abort.signal);
      for (const [at, read] of reads.entries()) this.take(read, prefixes[at], rows[at]);
    } catch (error) {
      if (abort.signal.aborted) return;
      await this.blame(reads, calls, error);
    } finally {
      this.running = undefined;
    }
  }

  private take({ row, length }: PlannedRead<Row>, prefix: Tokens, logits: Logits): void {
    row.read = length;
    this.read.add(prefix);
    const { call, tokens, index } = row;
    if (length < tokens.length || call.gone) return;
    call.found[index] = logits;
    this.waiting = this.waiting.filter((other) => other !== row);
    if (this.waiting.some((other) => other.call === call)) return;
    this.answered++;
    call.resolve(call.found);
  }

  /** One caller's text may have spoilt the call of all: each is asked for alone, so that the failure finds its owner. */
  private async blame(
    reads: readonly PlannedRead<Row>[],
    calls: ReadonlySet<Call>,
    error: unknown,
  ): Promise<void> {
    const [first] = calls;
    if (calls.size === 1) {
      this.drop(first, error);
      return;
    }
    for (const call of calls) await this.call(reads.filter(({ row }) => row.call === call && !call.gone));
  }

  private drop(call: Call, reason: unknown): void {
    call.reject(reason);
    call.gone = true;
    this.waiting = this.waiting.filter((row) => row.call !== call);
    const { running } = this;
    if (running !== undefined && [...running.calls].every(({ gone }) => gone)) running.abort.abort();
  }
}
