import path from "node:path";
import { replaceFile } from "../../core/writeFile.js";
import type { TrainedTokenizer } from "../trained.js";
import type { ChatTemplate } from "./read.js";

export const TOKENIZER_FILE = "tokenizer.json";
export const CONFIG_FILE = "tokenizer_config.json";

/**
 * Writes `tokenizer.json` and `tokenizer_config.json` into a folder, which is made where it is missing. Python's
 * `tokenizers`, `AutoTokenizer` and transformers.js open them and give the same ids; `openTokenizer` opens them here.
 * @param chatTemplate how the tokenizer's model is to write conversations down. Default: it has no way
 */
export async function saveTokenizer(
  tokenizer: TrainedTokenizer,
  directory: string,
  chatTemplate?: ChatTemplate,
): Promise<void> {
  await replaceFile(path.join(directory, TOKENIZER_FILE), `${JSON.stringify(tokenizer.toJSON())}\n`);
  const config = `${JSON.stringify(tokenizerConfig(tokenizer, chatTemplate), null, 2)}\n`;
  await replaceFile(path.join(directory, CONFIG_FILE), config);
}

/** What `tokenizer_config.json` says beside the rules: who begins, ends and stands for the unknown. */
function tokenizerConfig(
  tokenizer: TrainedTokenizer,
  chatTemplate: ChatTemplate | undefined,
): Record<string, unknown> {
  const unknown = tokenizer.toJSON().model.unk_token;
  const end = tokenizer.endTokens.map((token) => tokenizer.decode([token])).at(0);
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    clean_up_tokenization_spaces: false,
    ...(end !== undefined && { bos_token: end, eos_token: end }),
    ...(typeof unknown === "string" && { unk_token: unknown }),
    ...(chatTemplate !== undefined && { chat_template: chatTemplate }),
  };
}
