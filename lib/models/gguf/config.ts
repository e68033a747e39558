import type { LlamaShape } from "./llama.js";
import type { GgufFile } from "./reader.js";

/** Token ids with a role, under the names that Hugging Face's configuration files use. */
const ROLE_IDS = {
  bos_token_id: "tokenizer.ggml.bos_token_id",
  eos_token_id: "tokenizer.ggml.eos_token_id",
  pad_token_id: "tokenizer.ggml.padding_token_id",
} as const;

/** The ids of the file's special roles; roles that it doesn't fill are absent. */
export function roleIds(file: GgufFile): Record<string, number> {
  const entries = Object.entries(ROLE_IDS).map(([name, key]) => [name, file.metadata.get(key)]);
  return Object.fromEntries(entries.filter(([, id]) => typeof id === "number"));
}

/** `config.json` as transformers and transformers.js read it. */
export function modelConfig(file: GgufFile, shape: LlamaShape): Record<string, unknown> {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: shape.vocabSize,
    hidden_size: shape.width,
    intermediate_size: shape.feedForward,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headSize,
    max_position_embeddings: shape.contextLength,
    rms_norm_eps: shape.normEpsilon,
    rope_theta: shape.ropeTheta,
    ...(shape.ropeScale === 1 ? {} : { rope_scaling: { rope_type: "linear", factor: shape.ropeScale } }),
    hidden_act: "silu",
    tie_word_embeddings: shape.tiedHead,
    ...roleIds(file),
  };
}

/** `generation_config.json`: the tokens that begin, end and fill texts. A chat turn's end ends a text too. */
export function generationConfig(file: GgufFile): Record<string, unknown> {
  const ids = roleIds(file);
  const turnEnd = file.metadata.get("tokenizer.ggml.eot_token_id");
  if (typeof turnEnd !== "number" || turnEnd === ids.eos_token_id) return ids;
  return { ...ids, eos_token_id: ids.eos_token_id === undefined ? turnEnd : [ids.eos_token_id, turnEnd] };
}
