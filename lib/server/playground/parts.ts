import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { OpenModel } from "../../core/types.js";
import { modelMemory } from "../../models/memory.js";
import { DEFAULT_MODEL } from "../../models/modelsDirectory.js";
import { openModel } from "../../models/openModel.js";
import type { ModelSource } from "../modelPool.js";
import type { SampleSource } from "../sampleSource.js";
import { objectAt } from "./checks.js";
import { ownSamples } from "./ownSamples.js";
import { type PageFacts, roomsOf } from "./rooms.js";
import type { PlaygroundModel, PlaygroundOptions } from "./types.js";

/** What a server is made of. */
export interface PlaygroundParts {
  readonly models: Readonly<Record<string, ModelSource>>;
  readonly page: PageFacts;
  /** Undefined for the corpora that set-up brought. */
  readonly samples: SampleSource | undefined;
}

const names: OptionNames<PlaygroundOptions> = {
  models: true,
  corpora: true,
  templates: true,
  rooms: true,
  title: true,
  folder: true,
  runsFolder: true,
  port: true,
};

/** @throws OptionError that names the option at fault; CorpusError for a file of records that can't be read */
export async function playgroundParts(options: PlaygroundOptions): Promise<PlaygroundParts> {
  assertKnownOptions(options, names);
  const { title = "Logitbook" } = options;
  if (typeof title !== "string" || title === "") throw new OptionError("title", title, "a text");
  return {
    models: await modelsOf(options.models ?? [DEFAULT_MODEL]),
    page: { title, rooms: roomsOf(options.rooms) },
    samples: await ownSamples(options),
  };
}

async function modelsOf(
  models: NonNullable<PlaygroundOptions["models"]>,
): Promise<Record<string, ModelSource>> {
  const named: Readonly<Record<string, PlaygroundModel>> = Array.isArray(models)
    ? Object.fromEntries(models.map((name: string) => [name, name]))
    : (objectAt("models", models) as Record<string, PlaygroundModel>);
  const entries = Object.entries(named);
  if (entries.length === 0) throw new OptionError("models", models, "one model at least");
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, model]) => [name, await sourceOf(name, model)] as const)),
  );
}

async function sourceOf(name: string, model: PlaygroundModel): Promise<ModelSource> {
  if (typeof model === "string") {
    return { memory: await modelMemory(model), open: async () => ({ ...(await openModel(model)), name }) };
  }
  if (typeof model === "function") return { open: async () => ({ ...(await model()), name }) };
  if (!isOpenModel(model)) {
    const expected = "a model's name, an open model { model, tokenizer }, or a function that opens one";
    throw new OptionError(`models.${name}`, model, expected);
  }
  return { borrowed: true, open: async () => ({ ...model, name }) };
}

function isOpenModel(value: unknown): value is OpenModel {
  const { model, tokenizer } = (value ?? {}) as Partial<OpenModel>;
  return typeof model?.nextLogits === "function" && typeof tokenizer?.encode === "function";
}
