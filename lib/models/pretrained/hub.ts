import path from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import { ModelError } from "../../core/errors.js";
import type { DownloadProgress, HubOptions, StandardSource } from "./protocol.js";

/** A transformers.js model, taken apart. */
export interface StandardSession {
  readonly session: InferenceSession;
  readonly config: Readonly<Record<string, unknown>>;
  readonly generation: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

type Transformers = typeof import("@huggingface/transformers");

/** Options that transformers.js takes for every kind of file. */
interface LoadOptions {
  cache_dir: string;
  revision: string;
  local_files_only: boolean;
  progress_callback: (event: ProgressEvent) => void;
}

interface ProgressEvent {
  status: string;
  file?: string;
  loaded?: number;
  total?: number;
}

/** Opens the graph of a directory or hub id, downloading what is missing. */
export async function openStandardSession(
  name: string,
  source: StandardSource,
  sessionOptions: InferenceSession.SessionOptions,
  onProgress: (progress: DownloadProgress) => void,
): Promise<StandardSession> {
  const model = await loadFromHub(name, source.id, source, onProgress, (library, options) =>
    loadGraph(library, source, { ...options, session_options: { logSeverityLevel: 3, ...sessionOptions } }),
  );
  const session = (model.sessions as Record<string, InferenceSession>).model;
  if (!session) throw new ModelError(name, "it has no single decoder graph; choose a text-generation model");
  return {
    session,
    config: model.config as unknown as Record<string, unknown>,
    generation: (model.generation_config ?? {}) as unknown as Record<string, unknown>,
    close: async () => {
      await model.dispose();
    },
  };
}

/** Loads the graph under its name of today or, where a repository has none of that, under the one it had before. */
async function loadGraph(
  { AutoModelForCausalLM }: Transformers,
  { id, dtype, device }: StandardSource,
  options: LoadOptions & { session_options: InferenceSession.SessionOptions },
) {
  const load = (model_file_name: string) =>
    AutoModelForCausalLM.from_pretrained(id, {
      ...options,
      dtype: dtype as "fp32",
      device: device as "cpu",
      model_file_name,
    });
  try {
    return await load("model");
  } catch (error) {
    if (!/onnx\/model/.test((error as Error).message)) throw error;
    return await load("decoder_model_merged").catch(() => {
      throw error;
    });
  }
}

/**
 * Loads something through transformers.js, which keeps complete files in `cacheDirectory` and discards partial
 * ones. Its errors often leave out which file failed; this one names the file that was on its way.
 * @throws ModelError with the id, the file and what to do
 */
export async function loadFromHub<T>(
  name: string,
  id: string,
  hub: HubOptions,
  onProgress: (progress: DownloadProgress) => void,
  load: (library: Transformers, options: LoadOptions) => Promise<T>,
): Promise<T> {
  const library = await import("@huggingface/transformers");
  if (hub.hubUrl !== undefined) library.env.remoteHost = hub.hubUrl.replace(/\/*$/, "/");
  const underWay = new Set<string>();
  const arrived = new Set<string>();
  const options: LoadOptions = {
    cache_dir: hub.cacheDirectory,
    revision: hub.revision,
    local_files_only: hub.offline,
    progress_callback: ({ status, file, loaded = 0, total = 0 }) => {
      if (file === undefined) return;
      if (status === "done") arrived.add(file);
      if (status === "done") underWay.delete(file);
      else underWay.add(file);
      if (status === "progress") onProgress({ file, loaded, total });
    },
  };
  try {
    return await load(library, options);
  } catch (error) {
    throw new ModelError(name, explain(error as Error, id, hub, [...underWay], [...arrived]), {
      cause: error,
    });
  }
}

function explain(
  error: Error,
  id: string,
  hub: HubOptions,
  underWay: readonly string[],
  arrived: readonly string[],
): string {
  const { message } = error;
  const broken = /not valid JSON|JSON at position|in JSON/.test(message);
  const suspects = broken ? [...arrived, ...underWay] : underWay;
  const file = (broken ? undefined : /"([^"]+)"/.exec(message)?.[1]) ?? suspects.join(" or ");
  const which = file ? `the file ${file} of \`${id}\`` : `\`${id}\``;
  if (hub.offline && /not found locally|local_files_only|no such file/i.test(message)) {
    return `${which} is not on this machine and downloads are off; open it once without \`offline\``;
  }
  if (/Unauthorized|Forbidden/.test(message))
    return `access to ${which} was refused; it may be a gated model`;
  if (/terminated|fetch failed|ECONN|ENOTFOUND|socket|timeout|gateway|unavailable/i.test(message)) {
    return `the download of ${which} did not finish (${message}); nothing partial was kept, try again`;
  }
  // Where even the first file is missing, transformers.js trips over what it did not get.
  if (/Could not locate|not found locally|no such file/i.test(message) || arrived.length === 0) {
    return `${which} does not exist; check the id, the revision \`${hub.revision}\` and the dtype`;
  }
  const cached = path.join(hub.cacheDirectory, id);
  return `${which} could not be read (${message}); if it was downloaded, remove ${cached} and try again`;
}
