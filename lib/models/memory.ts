import { stat } from "node:fs/promises";
import path from "node:path";
import { listModels } from "./catalog.js";
import { DEFAULT_CACHE_MEMORY } from "./pretrained/openPretrained.js";

/**
 * Bytes that a model takes while it is open, about: its files and a full cache. Of a model that is not on this machine
 * yet only the cache is known.
 * @param name as `openModel` takes it
 */
export async function modelMemory(name: string, cacheMemory = DEFAULT_CACHE_MEMORY): Promise<number> {
  const directory = path.resolve(name);
  const entry = (await listModels()).find((model) => model.name === name || model.directory === directory);
  return cacheMemory + (entry?.size ?? (await fileSize(name)));
}

async function fileSize(file: string): Promise<number> {
  const facts = await stat(file).catch(() => undefined);
  return facts?.isFile() ? facts.size : 0;
}
