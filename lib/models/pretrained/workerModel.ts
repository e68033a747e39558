import type { Worker } from "node:worker_threads";
import { ModelError, OptionError, PromptError } from "../../core/errors.js";
import { assertPrefix } from "../../core/prompt.js";
import { startThread } from "../../core/thread.js";
import { ThreadCalls } from "../../core/threadCalls.js";
import type {
  HiddenStates,
  LanguageModel,
  LayeredLogits,
  LayerLogits,
  Logits,
  NextState,
  PrefixCaching,
  RowReuse,
  Tokens,
} from "../../core/types.js";
import type { RowRequest } from "../prefixes/request.js";
import type { DownloadProgress, EngineOptions, FromWorker, ModelFacts, ToWorker } from "./protocol.js";

/** A model that runs in a worker thread of its own, so that long runs leave the caller's event loop alone. */
export class WorkerModel implements LanguageModel, PrefixCaching {
  readonly vocabSize: number;
  readonly contextLength: number;
  /** Only where the graph gives hidden states. */
  readonly nextStates?: HiddenStates["nextStates"];
  /** Only where the graph gives the scores of earlier layers. */
  readonly nextLayerLogits?: LayerLogits["nextLayerLogits"];
  readonly numLayers: number;
  readonly tiedEmbeddings: boolean;
  /** Only where the thread writes later rows to the memory of earlier ones. */
  readonly reuseRows?: RowReuse["reuseRows"];
  private readonly calls: ThreadCalls;
  /** Memory that goes back to the thread with the next call. */
  private readonly spare = new Set<ArrayBuffer>();

  private constructor(
    private readonly worker: Worker,
    private readonly name: string,
    readonly facts: ModelFacts,
  ) {
    this.calls = new ThreadCalls(worker);
    this.vocabSize = facts.vocabSize;
    this.contextLength = facts.contextLength;
    this.numLayers = facts.layers;
    this.tiedEmbeddings = facts.tiedEmbeddings;
    if (facts.hiddenSize > 0) this.nextStates = (prefixes, signal) => this.askStates(prefixes, signal);
    if (facts.layers > 0) {
      this.nextLayerLogits = (prefixes, layers, signal) => this.askLayers(prefixes, layers, signal);
    }
    if (facts.reusesRows) this.reuseRows = (rows) => this.keepForReuse(rows);
    worker.on("message", (message: FromWorker) => this.receive(message));
    worker.on("error", (error) => {
      this.calls.fail(new ModelError(name, `its thread failed: ${error.message}`));
    });
    worker.on("exit", () =>
      this.calls.fail(new ModelError(name, "its thread has ended; open the model again")),
    );
  }

  /**
   * Starts the thread and opens the model in it.
   * @throws ModelError if it can't be opened
   */
  static open(
    options: EngineOptions,
    onProgress?: (progress: DownloadProgress) => void,
  ): Promise<WorkerModel> {
    const worker = startThread("worker", options);
    return new Promise((resolve, reject) => {
      let failure = "its thread ended before the model was open";
      const ended = () => reject(new ModelError(options.name, failure));
      const failed = (error: Error) => {
        failure = error.message;
      };
      const first = (message: FromWorker) => {
        if (message.type === "progress") onProgress?.(message.progress);
        // The thread ends by itself, once what it had begun, such as clearing a partial file away, is done.
        if (message.type === "failed") failure = message.message;
        if (message.type !== "ready") return;
        worker.off("message", first).off("error", failed).off("exit", ended);
        resolve(new WorkerModel(worker, options.name, message.facts));
      };
      worker.on("message", first).on("error", failed).on("exit", ended);
    });
  }

  async nextLogits(prefixes: readonly Tokens[], signal?: AbortSignal): Promise<Logits[]> {
    return this.askLast(prefixes, {}, signal);
  }

  async allLogits(tokens: Tokens, signal?: AbortSignal): Promise<Logits[]> {
    const [rows] = await this.ask([{ tokens, firstRow: 0 }], signal);
    return rows!;
  }

  async cachedLengths(texts: readonly Tokens[]): Promise<number[]> {
    if (this.calls.gone) throw this.calls.gone;
    return this.call<number[]>((id) => ({ type: "cached", id, texts }));
  }

  async dispose(): Promise<void> {
    if (this.calls.gone) return;
    this.calls.fail(new ModelError(this.name, "it has been disposed of; open it again"));
    this.worker.ref();
    const ended = new Promise<void>((resolve) => this.worker.once("exit", () => resolve()));
    this.send({ type: "close" });
    await ended;
  }

  private async askStates(prefixes: readonly Tokens[], signal?: AbortSignal): Promise<NextState[]> {
    const rows = await this.askLast(prefixes, { withHidden: true }, signal);
    return rows.map((row) => {
      return { logits: row.subarray(0, this.vocabSize), hidden: row.subarray(this.vocabSize) };
    });
  }

  private async askLayers(
    prefixes: readonly Tokens[],
    layers: readonly number[],
    signal?: AbortSignal,
  ): Promise<LayeredLogits[]> {
    for (const layer of layers) {
      if (Number.isInteger(layer) && layer >= 0 && layer < this.numLayers) continue;
      throw new OptionError("layers", layers, `whole numbers from 0 to ${this.numLayers - 1}`);
    }
    const rows = await this.askLast(prefixes, { layers }, signal);
    const part = (row: Logits, at: number) => row.subarray(at * this.vocabSize, (at + 1) * this.vocabSize);
    return rows.map((row) => {
      return { logits: part(row, 0), early: layers.map((_, at) => part(row, 1 + at)) };
    });
  }

  /** The last row of each prefix, with what else is asked for behind it. */
  private async askLast(
    prefixes: readonly Tokens[],
    extras: Pick<RowRequest, "withHidden" | "layers">,
    signal?: AbortSignal,
  ): Promise<Logits[]> {
    if (prefixes.length === 0) return [];
    const rows = await this.ask(
      prefixes.map((tokens) => ({ tokens, firstRow: tokens.length - 1, ...extras })),
      signal,
    );
    return rows.map(([row]) => row);
  }

  private async ask(requests: readonly RowRequest[], signal?: AbortSignal): Promise<Logits[][]> {
    signal?.throwIfAborted();
    if (this.calls.gone) throw this.calls.gone;
    for (const { tokens } of requests) this.check(tokens);
    const spare = [...this.spare];
    this.spare.clear();
    return this.call<Logits[][]>((id) => ({ type: "rows", id, requests, spare }), signal);
  }

  /** A row that is a part of something larger is left to whoever has the rest. */
  private keepForReuse(rows: readonly Logits[]): void {
    for (const { buffer, byteLength } of rows) {
      if (byteLength > 0 && byteLength === buffer.byteLength) this.spare.add(buffer as ArrayBuffer);
    }
  }

  /** Sends a message with an id of its own, and waits for the answer to it. */
  private async call<Answer>(messageOf: (id: number) => ToWorker, signal?: AbortSignal): Promise<Answer> {
    const id = this.calls.newId();
    const abort = () => {
      this.send({ type: "abort", id });
      this.calls.settle(id)?.reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await this.calls.wait<Answer>(id, () => this.send(messageOf(id)));
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  private check(tokens: Tokens): void {
    assertPrefix(tokens, this);
    const { cacheTokens, bytesPerToken } = this.facts;
    if (tokens.length > cacheTokens) {
      const needed = tokens.length * bytesPerToken;
      throw new PromptError(
        `the prompt has ${tokens.length} tokens, but the cache holds ${cacheTokens}: ` +
          `raise \`cacheMemory\` to ${needed} bytes or more`,
      );
    }
  }

  private send(message: ToWorker): void {
    this.worker.postMessage(message, message.type === "rows" ? message.spare : []);
  }

  private receive(message: FromWorker): void {
    if (message.type === "rows") this.calls.settle(message.id)?.resolve(message.rows as never);
    if (message.type === "cached") this.calls.settle(message.id)?.resolve(message.lengths as never);
    if (message.type === "error")
      this.calls.settle(message.id)?.reject(new ModelError(this.name, message.message));
  }
}
