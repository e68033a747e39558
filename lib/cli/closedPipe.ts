import type { Writable } from "node:stream";

/**
 * Aborted when whoever reads a stream stops early, as `head` does: the program then has nothing more to say, and ends
 * without a complaint. It ends by itself, as after Ctrl-C: a process that exits while a model computes in its thread
 * takes the runtime down amid the run, which then aborts the process.
 */
export function closedPipe(stream: Writable): AbortSignal {
  const closed = new AbortController();
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    closed.abort(new Error("nobody reads any further"));
  });
  return closed.signal;
}
