import { z } from "zod";
import { closedObject, countField, namedUnion } from "../../decoding/schema.js";

/** A GPT-2 architecture, trained from random weights. */
export interface TransformerSettings {
  readonly kind: "transformer";
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** The longest text in tokens; null for the training length. */
  readonly contextLength: number | null;
  readonly dropout: number;
}

/** A recurrent net, trained from random weights. */
export interface RecurrentSettings {
  readonly kind: "rnn" | "gru" | "lstm";
  readonly layers: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly dropout: number;
  readonly tied: boolean;
}

/** The weights of a checkpoint, or of a GPT-2 directory from Python, trained further. */
export interface GivenModelSettings {
  readonly kind: "given";
  /** A checkpoint, a run, or a Hugging Face GPT-2 directory with safetensors. */
  readonly from: string;
}

export type ModelSettings = TransformerSettings | RecurrentSettings | GivenModelSettings;

const share = { error: "a number from 0 to below 1" };
const dropout = z
  .number(share)
  .min(0, share)
  .lt(1, share)
  .default(0)
  .describe("Share of activations set to zero while training.");

const transformer = closedObject({
  kind: z.literal("transformer"),
  layers: countField(1).default(4).describe("Transformer blocks."),
  heads: countField(1).default(4).describe("Attention heads of a block; they divide the width."),
  width: countField(1).default(128).describe("Numbers that stand for one token within the model."),
  contextLength: countField(1)
    .nullable()
    .default(null)
    .describe("The longest text in tokens; null for the training length."),
  dropout,
});

const recurrent = <const Kind extends RecurrentSettings["kind"]>(kind: Kind) =>
  closedObject({
    kind: z.literal(kind),
    layers: countField(1).default(1).describe("Recurrent layers."),
    embedding: countField(1).default(128).describe("Numbers that a token is embedded in."),
    hidden: countField(1).default(256).describe("Numbers in a layer's state."),
    dropout,
    tied: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe("Whether the embedding serves as output layer too; hidden and embedding are equal then."),
  });

const given = closedObject({
  kind: z.literal("given"),
  from: z.string({ error: "a folder" }).min(1, { error: "a folder" }).describe("Where the weights lie."),
});

const names = ["transformer", "rnn", "gru", "lstm", "given"] as const;

export const modelSchema = namedUnion<ModelSettings>(
  "kind",
  [transformer, recurrent("rnn"), recurrent("gru"), recurrent("lstm"), given],
  names,
);
