import { parentPort, workerData } from "node:worker_threads";
import { ModelError } from "../../core/errors.js";
import { Engine, Stopped } from "../prefixes/engine.js";
import type { OpenedModel } from "./openedModel.js";
import type { EngineOptions, FromWorker, ToWorker } from "./protocol.js";
import { openSession } from "./session.js";

/** The worker thread: opens one model and answers for it, so that a run never blocks the thread of the caller. */
async function serve(options: EngineOptions): Promise<void> {
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []) =>
    parentPort!.postMessage(message, transfer);
  // transformers.js begins several downloads and waits for one after the other. One that fails before its turn
  // would end the thread unexplained; it is reported when its turn comes.
  const wait = () => {};
  process.on("unhandledRejection", wait);
  try {
    const opened = await openSession(options, (progress) => send({ type: "progress", progress }));
    const engine = new Engine(opened.runner);
    parentPort!.on("message", async (message: ToWorker) => {
      if (message.type === "abort") engine.stop(message.id);
      if (message.type === "rows") {
        opened.runner.reuse?.(message.spare);
        await answer(engine, message, send);
      }
      if (message.type === "cached") {
        const lengths = message.texts.map((tokens) => opened.runner.cachedLength(tokens));
        send({ type: "cached", id: message.id, lengths });
      }
      if (message.type === "close") await close(engine, opened);
    });
    process.off("unhandledRejection", wait);
    send({ type: "ready", facts: opened.facts });
  } catch (error) {
    send({ type: "failed", message: reasonOf(error) });
  }
}

/** Lets the thread end by itself: ended from outside, amid a run, it would take the process with it. */
async function close(engine: Engine, opened: OpenedModel): Promise<void> {
  await engine.close();
  await opened.close();
  parentPort!.close();
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
