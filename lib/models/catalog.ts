import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { DEFAULT_MODEL, modelsDirectory } from "./modelsDirectory.js";
import { hubDirectory } from "./openModel.js";

/** Names of directories that a conversion has not finished yet. */
const UNDER_WAY = /^\.|\.(partial|replaced)-\d+$/;

/** A model on this machine. */
export interface ModelEntry {
  /** What `openModel` opens it by. */
  readonly name: string;
  readonly directory: string;
  /** Bytes on disk. */
  readonly size: number;
  /** As its configuration states them; undefined where it doesn't. */
  readonly architecture: string | undefined;
  readonly contextLength: number | undefined;
  readonly vocabSize: number | undefined;
}

/** Lists the models on this machine, the default first: converted ones and those downloaded from the hub. */
export async function listModels(): Promise<ModelEntry[]> {
  const root = modelsDirectory();
  const converted = (await subdirectories(root)).map((name) => ({
    name: name === DEFAULT_MODEL ? name : path.join(root, name),
    directory: path.join(root, name),
  }));
  const hub = hubDirectory();
  const owners = await subdirectories(hub);
  const downloaded = await Promise.all(
    owners.map(async (owner) =>
      (await subdirectories(path.join(hub, owner))).map((name) => ({
        name: `${owner}/${name}`,
        directory: path.join(hub, owner, name),
      })),
    ),
  );
  const found = [...converted, ...downloaded.flat()].filter(({ directory }) =>
    existsSync(path.join(directory, "config.json")),
  );
  found.sort((a, b) => Number(b.name === DEFAULT_MODEL) - Number(a.name === DEFAULT_MODEL));
  return Promise.all(found.map(describe));
}

async function describe({ name, directory }: { name: string; directory: string }): Promise<ModelEntry> {
  const text = await readFile(path.join(directory, "config.json"), "utf8");
  const config = JSON.parse(text) as Record<string, unknown>;
  const number = (key: string) => (typeof config[key] === "number" ? config[key] : undefined);
  return {
    name,
    directory,
    size: await sizeOf(directory),
    architecture: typeof config.model_type === "string" ? config.model_type : undefined,
    contextLength: number("max_position_embeddings") ?? number("n_positions"),
    vocabSize: number("vocab_size"),
  };
}

/** Names of the directories in a directory, sorted; none if it does not exist. */
async function subdirectories(directory: string): Promise<string[]> {
  if (!existsSync(directory)) return [];
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !UNDER_WAY.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (entry) => (await stat(path.join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
