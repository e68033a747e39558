import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { TokenizerError } from "../../core/errors.js";
import type { ChatTemplate, TokenizerConfig } from "./read.js";
import { readJson } from "./readJson.js";
import { CONFIG_FILE } from "./save.js";

/**
 * The chat template that lies in a tokenizer's folder: its own file `chat_template.jinja`, which goes before what
 * `tokenizer_config.json` says, as in Python; undefined where there is none.
 * @throws TokenizerError for a file that can't be read
 */
export async function readChatTemplate(folder: string): Promise<ChatTemplate | undefined> {
  const file = path.join(folder, "chat_template.jinja");
  if (existsSync(file)) {
    return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw new TokenizerError(file, `it can't be read (${error.code})`, { cause: error });
    });
  }
  const config = await readJson(path.join(folder, CONFIG_FILE), {});
  return (config as TokenizerConfig).chat_template || undefined;
}
