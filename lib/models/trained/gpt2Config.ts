import { ModelError } from "../../core/errors.js";
import type { TransformerConfig } from "../transformer/config.js";

/** What Hugging Face's `config.json` says of a GPT-2 model. */
export function toGpt2Json(config: TransformerConfig, endToken: number | undefined): Record<string, unknown> {
  const { vocabSize, contextLength, numLayers, numHeads, width, dropout } = config;
  return {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    vocab_size: vocabSize,
    n_positions: contextLength,
    n_ctx: contextLength,
    n_embd: width,
    n_layer: numLayers,
    n_head: numHeads,
    n_inner: null,
    activation_function: "gelu_new",
    layer_norm_epsilon: 1e-5,
    embd_pdrop: dropout,
    attn_pdrop: dropout,
    resid_pdrop: dropout,
    initializer_range: 0.02,
    tie_word_embeddings: true,
    scale_attn_weights: true,
    scale_attn_by_inverse_layer_idx: false,
    reorder_and_upcast_attn: false,
    use_cache: true,
    torch_dtype: "float32",
    bos_token_id: endToken ?? null,
    eos_token_id: endToken ?? null,
  };
}

/** Fields that change what is computed, and the values that mean what is computed here; absent ones do too. */
const rules: readonly (readonly [field: string, ...accepted: unknown[]])[] = [
  ["activation_function", "gelu_new", "gelu_pytorch_tanh"],
  ["layer_norm_epsilon", 1e-5],
  ["tie_word_embeddings", true],
  ["scale_attn_weights", true],
  ["scale_attn_by_inverse_layer_idx", false],
  ["add_cross_attention", false],
];

/**
 * The configuration of a GPT-2 directory from Python.
 * @throws ModelError for one that computes something else than GPT-2 does here
 */
export function fromGpt2Json(json: Readonly<Record<string, unknown>>, directory: string): TransformerConfig {
  for (const [field, ...accepted] of rules) {
    const value = json[field];
    if (value === undefined || accepted.includes(value)) continue;
    throw new ModelError(
      directory,
      `its ${field} is ${JSON.stringify(value)}, but only ${accepted.join(" or ")} is known here`,
    );
  }
  const number = (field: string) => {
    const value = json[field];
    if (typeof value === "number") return value;
    throw new ModelError(directory, `its config.json has no number \`${field}\``);
  };
  const width = number("n_embd");
  if (json.n_inner !== undefined && json.n_inner !== null && json.n_inner !== 4 * width) {
    throw new ModelError(
      directory,
      `its n_inner is ${json.n_inner}, but only four times n_embd is known here`,
    );
  }
  return {
    architecture: "gpt2",
    vocabSize: number("vocab_size"),
    contextLength: number("n_positions"),
    numLayers: number("n_layer"),
    numHeads: number("n_head"),
    width,
    dropout: typeof json.resid_pdrop === "number" ? json.resid_pdrop : 0,
  };
}
