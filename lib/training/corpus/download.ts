import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CorpusError } from "../../core/errors.js";
import { makeDirectory } from "../../core/makeDirectory.js";
import { corporaDirectory } from "./corporaDirectory.js";

/** Bytes that came so far, and all of them where the server says so. */
export interface CorpusProgress {
  readonly file: string;
  readonly loaded: number;
  readonly total: number | undefined;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CorpusProgress) => void;
}

export function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/**
 * A file from the web, kept in `downloads/` of the corpora's folder and fetched once.
 * @returns its path here; it ends as the address does
 * @throws CorpusError if it can't be fetched; the signal's reason once it is aborted
 */
export async function downloaded(address: string, options: DownloadOptions = {}): Promise<string> {
  const { pathname } = new URL(address);
  const hash = createHash("sha256").update(address).digest("hex").slice(0, 12);
  const file = path.join(corporaDirectory(), "downloads", `${hash}-${path.basename(pathname) || "text"}`);
  if (await stat(file).catch(() => undefined)) return file;
  const temporary = `${file}.partial-${process.pid}`;
  await makeDirectory(path.dirname(file));
  try {
    await fetchInto(address, temporary, options);
    await rename(temporary, file);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof CorpusError) throw error;
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new CorpusError(address, `it can't be fetched (${reason})`, { cause: error });
  } finally {
    await rm(temporary, { force: true });
  }
  return file;
}

async function fetchInto(address: string, file: string, { signal, onProgress }: DownloadOptions) {
  const response = await fetch(address, { ...(signal && { signal }) });
  if (!response.ok || response.body === null) {
    throw new CorpusError(address, `it can't be fetched (status ${response.status} ${response.statusText})`);
  }
  const total = Number(response.headers.get("content-length")) || undefined;
  let loaded = 0;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      loaded += chunk.length;
      onProgress?.({ file: path.basename(new URL(address).pathname), loaded, total });
      yield chunk;
    }
  };
  await pipeline(Readable.fromWeb(response.body as never), counted, createWriteStream(file));
}
