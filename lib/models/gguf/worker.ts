import { parentPort, workerData } from "node:worker_threads";
import { ModelError } from "../../core/errors.js";
import { convertGguf } from "./convert.js";

/** What the thread is started with. */
export interface ConversionOrder {
  readonly file: string;
  readonly directory: string;
}

/** What it says: how far it is, and why it failed. It ends when it is done. */
export type ConversionNews =
  | { readonly type: "progress"; readonly loaded: number; readonly total: number }
  | { readonly type: "failed"; readonly model: string; readonly reason: string };

/** The thread that converts a GGUF file to the tree graph, so that the caller's event loop stays free. */
async function convert({ file, directory }: ConversionOrder): Promise<void> {
  const send = (news: ConversionNews) => parentPort?.postMessage(news);
  try {
    await convertGguf(file, directory, {
      graphs: ["tree"],
      onProgress: (loaded, total) => send({ type: "progress", loaded, total }),
    });
  } catch (error) {
    const reason = error instanceof ModelError ? error.reason : (error as Error).message;
    send({ type: "failed", model: file, reason });
  }
}

await convert(workerData as ConversionOrder);
