import { abortable } from "../core/abort.js";
import { ModelError, OptionError } from "../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import type { OpenModel } from "../core/types.js";
import { batchedModel } from "../models/batched/index.js";

/** A model that a server offers. */
export interface ModelSource {
  /** Called when it is first used, and again after it was released. */
  open(): Promise<OpenModel>;
  /** Bytes that it takes while it is open, about. Default 0. */
  readonly memory?: number;
  /** It stays open for whom it belongs to: the pool never disposes of it. Default false. */
  readonly borrowed?: boolean;
}

export interface ModelPoolOptions {
  /** By the name that requests use. */
  readonly models: Readonly<Record<string, ModelSource>>;
  /** Bytes that the models open at one time may take together. Default no limit. */
  readonly memoryLimit?: number;
}

const names: OptionNames<ModelPoolOptions> = { models: true, memoryLimit: true };

/** An open model, lent until it is given back. */
export interface Lease {
  readonly open: OpenModel;
  release(): void;
}

export type ModelState = "closed" | "opening" | "open";

interface Entry {
  readonly name: string;
  readonly source: ModelSource;
  state: ModelState;
  opened: Promise<OpenModel> | undefined;
  users: number;
  lastUsed: number;
}

/**
 * Opens models when they are first used, and keeps them open. Requests to one model share its calls. Where a limit would be passed, those used longest ago
 * are released first; one that somebody uses is never released, so that a request may have to wait.
 */
export class ModelPool {
  private readonly entries: ReadonlyMap<string, Entry>;
  private readonly memoryLimit: number;
  private clock = 0;
  /** Only one model is opened or released at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private wakeUp = () => {};

  /** @throws OptionError if there is no model, or one that never fits */
  constructor(options: ModelPoolOptions) {
    assertKnownOptions(options, names);
    const { models, memoryLimit = Number.POSITIVE_INFINITY } = options;
    this.memoryLimit = memoryLimit;
    const entries = Object.entries(models).map(([name, source]): [string, Entry] => {
      return [name, { name, source, state: "closed", opened: undefined, users: 0, lastUsed: 0 }];
    });
    if (entries.length === 0) throw new OptionError("models", models, "one model at least");
    for (const [name, { source }] of entries) {
      const { memory = 0 } = source;
      if (memory > memoryLimit) {
        throw new OptionError("memoryLimit", memoryLimit, `enough for \`${name}\`, which takes ${memory}`);
      }
    }
    this.entries = new Map(entries);
  }

  get names(): string[] {
    return [...this.entries.keys()];
  }

  /** Bytes that the open models take, about. */
  get memory(): number {
    return this.openEntries().reduce((sum, { source }) => sum + (source.memory ?? 0), 0);
  }

  /** Undefined for a name that is not offered. */
  stateOf(name: string): ModelState | undefined {
    return this.entries.get(name)?.state;
  }

  /**
   * Lends a model, opening it if need be.
   * @throws ModelError for a name that is not offered, or a model that can't be opened; the signal's reason
   */
  async use(name: string, signal?: AbortSignal): Promise<Lease> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new ModelError(name, `it is not offered here: ${this.names.join(", ")}`);
    // Counted as a user from now on, so that nobody releases it in between.
    entry.users++;
    entry.lastUsed = ++this.clock;
    let lent = true;
    const release = () => {
      if (!lent) return;
      lent = false;
      entry.users--;
      this.wakeUp();
    };
    try {
      const open = await abortable(this.opened(entry), signal);
      return { open, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Releases every model, waiting for none of their users. */
  async dispose(): Promise<void> {
    await this.inTurn(async () => {
      for (const entry of this.openEntries()) await this.close(entry);
    });
  }

  private opened(entry: Entry): Promise<OpenModel> {
    if (entry.opened === undefined) {
      entry.state = "opening";
      entry.opened = this.inTurn(() => this.openNow(entry));
      entry.opened.catch(() => {
        entry.opened = undefined;
        entry.state = "closed";
      });
    }
    return entry.opened;
  }

  private async openNow(entry: Entry): Promise<OpenModel> {
    await this.makeRoom(entry.source.memory ?? 0);
    const open = await entry.source.open().catch((error: unknown) => {
      // Options of a model are the server's, and no field of the request that happened to open it.
      if (!(error instanceof OptionError)) throw error;
      throw new ModelError(entry.name, error.message, { cause: error });
    });
    entry.state = "open";
    return { ...open, model: batchedModel(open.model) };
  }

  private async makeRoom(needed: number): Promise<void> {
    while (this.memory + needed > this.memoryLimit) {
      const idle = this.openEntries().filter(({ users }) => users === 0);
      const oldest = idle.reduce<Entry | undefined>(
        (found, entry) => (found === undefined || entry.lastUsed < found.lastUsed ? entry : found),
        undefined,
      );
      if (oldest !== undefined) await this.close(oldest);
      else {
        await new Promise<void>((resolve) => {
          this.wakeUp = resolve;
        });
      }
    }
  }

  private async close(entry: Entry): Promise<void> {
    const { opened, source } = entry;
    entry.opened = undefined;
    entry.state = "closed";
    const open = await opened;
    if (!source.borrowed) await open?.model.dispose();
  }

  private openEntries(): Entry[] {
    return [...this.entries.values()].filter(({ state }) => state === "open");
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => {});
    return mine;
  }
}
