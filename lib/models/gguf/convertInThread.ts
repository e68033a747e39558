import { ModelError } from "../../core/errors.js";
import { startThread } from "../../core/thread.js";
import type { ConversionNews, ConversionOrder } from "./worker.js";

/**
 * Converts a GGUF file for `openPretrained`, in a thread of its own.
 * @param onProgress hears how many bytes of weights are written, of how many
 * @throws ModelError as `convertGguf`
 */
export function convertInThread(
  file: string,
  directory: string,
  onProgress: (loaded: number, total: number) => void,
): Promise<void> {
  const order: ConversionOrder = { file, directory };
  const worker = startThread("convert-worker", order);
  return new Promise((resolve, reject) => {
    worker.on("message", (news: ConversionNews) => {
      if (news.type === "progress") onProgress(news.loaded, news.total);
      else reject(new ModelError(news.model, news.reason));
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}
