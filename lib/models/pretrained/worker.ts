import { parentPort, workerData } from "node:worker_threads";
import { ModelError } from "../../core/errors.js";
import { Engine, Stopped } from "./engine.js";
import type { EngineOptions, FromWorker, ToWorker } from "./protocol.js";
import { openSession } from "./session.js";

/** The worker thread: opens one model and answers for it, so that a run never blocks the thread of the caller. */
async function serve(options: EngineOptions): Promise<void> {
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => parentPort!.postMessage(message, transfer);
  try {
    const opened = await openSession(options, (progress) => send({ type: "progress", progress }));
    const engine = new Engine(opened.runner);
    parentPort!.on("message", async (message: ToWorker) => {
      if (message.type === "abort") engine.stop(message.id);
      if (message.type === "rows") await answer(engine, message, send);
      if (message.type === "close") {
        await opened.close();
        send({ type: "closed" });
      }
    });
    send({ type: "ready", facts: opened.facts });
  } catch (error) {
    send({ type: "failed", message: reasonOf(error) });
  }
}

async function answer(
  engine: Engine,
  { id, requests }: ToWorker & { type: "rows" },
  send: (message: FromWorker, transfer?: ArrayBuffer[]) => void,
): Promise<void> {
  try {
    const rows = await engine.rows(id, requests);
    const buffers = rows.flat().map((row) => row.buffer as ArrayBuffer);
    send({ type: "rows", id, rows }, buffers);
  } catch (error) {
    if (!(error instanceof Stopped)) send({ type: "error", id, message: reasonOf(error) });
  }
}

/** The message without the model's name, which the thread of the caller puts back in front. */
function reasonOf(error: unknown): string {
  return error instanceof ModelError ? error.reason : (error as Error).message;
}

await serve(workerData as EngineOptions);
