import { OptionError } from "../../core/errors.js";
import type { Tokens } from "../../core/types.js";
import { EngineThread } from "./engineThread.js";
import type { Constraint } from "./types.js";

/** A constraint that is open in an engine. */
export interface OpenMasks {
  /** As `EngineThread.mask`. */
  mask(text: Tokens): Int32Array;
  dispose(): void;
}

/** A thread, what it has compiled and is compiling, and how many constraints are being opened or are open in it. */
interface Room {
  readonly thread: EngineThread;
  readonly compiled: Set<string>;
  readonly compiling: Set<string>;
  open: number;
  idle?: NodeJS.Timeout;
}

/** Each takes some 40 MB. */
const MOST_THREADS = 4;
/** An engine keeps what it has compiled; one that has compiled so many is replaced when it is free. */
const MOST_COMPILED = 16;
const IDLE_MILLISECONDS = 60_000;
const COMPILE_SECONDS = 60;

/**
 * The engines of one vocabulary. A constraint is compiled in a thread in which nothing is decoded, so that no mask has
 * to wait until it is done, and stays there: what is compiled can't be moved. With all threads in use it goes to the
 * one that has the least to do, whose masks then wait.
 */
export class EngineThreads {
  private rooms: Room[] = [];

  /** @param texts the tokens in the engine's symbols; the last stands for the end of a text */
  constructor(private readonly texts: readonly string[]) {}

  /**
   * Opens a constraint, compiled for the first time or as it was.
   * @param ends the tokens that end a text
   * @throws OptionError for a constraint that can't be read, or takes too long; the signal's reason once it is aborted
   */
  async open(constraint: Constraint, ends: Tokens, signal?: AbortSignal): Promise<OpenMasks> {
    signal?.throwIfAborted();
    const key = JSON.stringify(constraint);
    const room = this.roomFor(key);
    const leave = () => this.leave(room);
    clearTimeout(room.idle);
    room.open++;
    const opening = open(room, key, ends);
    const given = giveUp(signal, () => tooLong(constraint));
    try {
      const id = await Promise.race([opening, given.up]);
      return {
        mask: (text) => room.thread.mask(id, text),
        dispose() {
          room.thread.close(id);
          leave();
        },
      };
    } catch (error) {
      // What nobody waits for any more would go on for as long as it takes.
      if (given.isUp() && room.open === 1) this.end(room, error as Error);
      opening.then((id) => room.thread.close(id)).catch(() => {});
      leave();
      throw error;
    } finally {
      given.clear();
    }
  }

  private roomFor(key: string): Room {
    this.rooms = this.rooms.filter(({ thread }) => !thread.isGone);
    const knowing = this.rooms.find(({ compiled, compiling }) => {
      return compiling.size === 0 ? compiled.has(key) : compiling.size === 1 && compiling.has(key);
    });
    const free = this.rooms.find(({ open, compiled }) => open === 0 && compiled.size < MOST_COMPILED);
    const room = knowing ?? free ?? (this.rooms.length < MOST_THREADS ? this.start() : undefined);
    return room ?? this.rooms.reduce((least, other) => (other.open < least.open ? other : least));
  }

  private start(): Room {
    const thread = new EngineThread(this.texts);
    const room = { thread, compiled: new Set<string>(), compiling: new Set<string>(), open: 0 };
    this.rooms.push(room);
    return room;
  }

  private leave(room: Room): void {
    room.open--;
    if (room.open > 0) return;
    const end = () => this.end(room, new Error("the engine of constraints was idle"));
    if (room.compiled.size >= MOST_COMPILED) end();
    else room.idle = setTimeout(end, IDLE_MILLISECONDS).unref();
  }

  private end(room: Room, reason: Error): void {
    this.rooms = this.rooms.filter((other) => other !== room);
    room.thread.end(reason);
  }
}

async function open({ thread, compiled, compiling }: Room, key: string, ends: Tokens): Promise<number> {
  if (!compiled.has(key)) compiling.add(key);
  try {
    const id = await thread.open(key, ends);
    compiled.add(key);
    return id;
  } finally {
    compiling.delete(key);
  }
}

function tooLong(constraint: Constraint): OptionError {
  const [[kind, value]] = Object.entries(constraint);
  const rule = `one that the engine can prepare in ${COMPILE_SECONDS} s: repeat less in it, as by a smaller \`maxLength\``;
  return new OptionError(`constraint.${kind}`, value, rule);
}

/** A promise that fails once the signal is aborted or the time is over. */
function giveUp(signal: AbortSignal | undefined, late: () => Error) {
  let isUp = false;
  let clear = () => {};
  const up = new Promise<never>((_, reject) => {
    const because = (reason: unknown) => {
      isUp = true;
      reject(reason);
    };
    const aborted = () => because(signal?.reason);
    const timer = setTimeout(() => because(late()), COMPILE_SECONDS * 1000);
    signal?.addEventListener("abort", aborted, { once: true });
    clear = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
    };
  });
  return { up, isUp: () => isUp, clear: () => clear() };
}
