import { z } from "zod";
import { closedObject, countField, flagField, namedUnion } from "../../decoding/schema.js";
import type { RecurrentConfig } from "../../models/recurrent/config.js";
import { ARCHITECTURES } from "../../models/trainable/config.js";
import type { TransformerConfig } from "../../models/transformer/config.js";
import { shareField } from "./fields.js";

/** A GPT-2 architecture, trained from random weights. The vocabulary is the tokenizer's. */
export interface TransformerSettings extends Omit<TransformerConfig, "vocabSize" | "contextLength"> {
  /** The longest text in tokens; null for the training length. */
  readonly contextLength: number | null;
}

/** A recurrent net, trained from random weights. The vocabulary is the tokenizer's. */
export type RecurrentSettings = Omit<RecurrentConfig, "vocabSize">;

/** Weights of a checkpoint, or of a GPT-2 directory from Python, trained further. */
export interface GivenModelSettings {
  readonly architecture: "given";
  /** A run, a checkpoint, or a Hugging Face GPT-2 directory with safetensors. */
  readonly from: string;
}

export type ModelSettings = TransformerSettings | RecurrentSettings | GivenModelSettings;

const dropout = shareField().default(0).describe("Share of activations set to zero while training.");

const transformer = closedObject({
  architecture: z.literal("gpt2"),
  numLayers: countField(1).default(4).describe("Transformer blocks."),
  numHeads: countField(1).default(4).describe("Attention heads of a block; a divisor of width."),
  width: countField(1).default(128).describe("Numbers that stand for one token within the model."),
  contextLength: countField(1)
    .nullable()
    .default(null)
    .describe("The longest text in tokens; null for the training length."),
  dropout,
});

const recurrent = (architecture: RecurrentConfig["architecture"]) =>
  closedObject({
    architecture: z.literal(architecture),
    numLayers: countField(1).default(1).describe("Recurrent layers."),
    embedSize: countField(1).default(128).describe("Numbers that a token is embedded in."),
    hiddenSize: countField(1).default(256).describe("Numbers in a layer's state."),
    dropout,
    tieEmbedding: flagField()
      .default(false)
      .describe("Whether the embedding serves as output layer too; embedSize and hiddenSize are equal then."),
    contextLength: countField(1).default(4096).describe("The longest text that decoding reads, in tokens."),
  });

const given = closedObject({
  architecture: z.literal("given"),
  from: z.string({ error: "a folder" }).min(1, { error: "a folder" }).describe("Where the weights lie."),
});

/** The rules of the `model` section. */
export const modelSchema = namedUnion<ModelSettings>(
  "architecture",
  [transformer, recurrent("rnn"), recurrent("gru"), recurrent("lstm"), given],
  [...ARCHITECTURES, "given"],
);
