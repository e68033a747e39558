import path from "node:path";
import { pathToFileURL } from "node:url";
import { LogitbookError, OptionError } from "../core/errors.js";
import type { PlaygroundParts } from "../server/index.js";
import type { PlaygroundOptions } from "../server/playground/types.js";
import { UsageError } from "./report.js";

/** What a config module asks for; its paths start from its own folder. */
export interface ReadPlayground extends PlaygroundParts {
  readonly runsFolder?: string;
}

/** @throws UsageError for a file that is no such module, or options that break a rule */
export async function readPlayground(file: string): Promise<ReadPlayground> {
  const { playgroundParts } = await import("../server/index.js");
  const place = path.resolve(file);
  const loaded = await load(file, place);
  if (typeof loaded !== "object" || loaded === null) {
    throw new UsageError(`${file} has no default export with the playground's options`);
  }
  const options = { folder: path.dirname(place), ...(loaded as PlaygroundOptions) };
  try {
    if (options.port !== undefined) throw new OptionError("port", options.port, "given as --port");
    const parts = await playgroundParts(options);
    const { runsFolder } = options;
    return {
      ...parts,
      ...(runsFolder !== undefined && { runsFolder: path.resolve(options.folder, runsFolder) }),
    };
  } catch (error) {
    if (error instanceof LogitbookError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

async function load(file: string, place: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(place).href)) as { default?: unknown }).default;
  } catch (error) {
    throw new UsageError(`${file} can't be loaded: ${(error as Error).message}`);
  }
}
