import { existsSync } from "node:fs";
import { readChatTemplate } from "../../tokenizers/file/chatTemplate.js";
import type { ChatTemplate } from "../../tokenizers/file/read.js";
import type { HubTokenizer } from "../../tokenizers/hubTokenizer.js";
import { loadFromHub } from "./hub.js";
import type { DownloadProgress, HubOptions } from "./protocol.js";

/**
 * A tokenizer as transformers.js loads it. It also takes the template that Python keeps in a file of its own, which
 * transformers.js leaves out: from a directory always, from the hub where the tokenizer's configuration has none.
 * @param template in the place of the directory's
 * @throws as `loadFromHub` and `readChatTemplate`
 */
export async function loadTokenizer(
  name: string,
  source: string,
  hub: HubOptions,
  onProgress: (progress: DownloadProgress) => void = () => {},
  template?: ChatTemplate,
): Promise<HubTokenizer> {
  const loaded = await loadFromHub(name, source, hub, onProgress, ({ AutoTokenizer }, load) =>
    AutoTokenizer.from_pretrained(source, load),
  );
  const tokenizer = loaded as unknown as HubTokenizer;
  const given = template ?? (await readChatTemplate(source));
  if (given !== undefined) return Object.assign(tokenizer, { chat_template: asLibraryHolds(given) });
  if (tokenizer.chat_template || existsSync(source)) return tokenizer;
  return Object.assign(tokenizer, { chat_template: await templateOnHub(name, source, hub, onProgress) });
}

/**
 * The file `chat_template.jinja` of a repository, by the part of transformers.js that reads it for its processors, cached
 * and found again offline like any file. Most models have none, and some have no network any more: neither is an error.
 */
function templateOnHub(
  name: string,
  source: string,
  hub: HubOptions,
  onProgress: (progress: DownloadProgress) => void,
): Promise<string | null> {
  return loadFromHub(name, source, hub, onProgress, async ({ Processor }, load) => {
    class TemplateReader extends Processor {
      static override uses_chat_template_file = true;
    }
    return (await TemplateReader.from_pretrained(source, load)).chat_template;
  }).catch(() => null);
}

/** Several templates are an object there, by their names. */
function asLibraryHolds(template: ChatTemplate): unknown {
  return typeof template === "string"
    ? template
    : Object.fromEntries(template.map(({ name, template }) => [name, template]));
}
