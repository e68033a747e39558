import { readChatTemplate } from "../../tokenizers/file/chatTemplate.js";
import type { ChatTemplate } from "../../tokenizers/file/read.js";
import type { HubTokenizer } from "../../tokenizers/hubTokenizer.js";
import { type LoadOptions, loadFromHub, type Transformers } from "./hub.js";
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
  return loadFromHub(name, source, hub, onProgress, async (library, load) => {
    const loaded = (await library.AutoTokenizer.from_pretrained(source, load)) as unknown as HubTokenizer;
    const given = template ?? (await readChatTemplate(source));
    if (given !== undefined) return Object.assign(loaded, { chat_template: asLibraryHolds(given) });
    return loaded.chat_template ? loaded : Object.assign(loaded, await templateFile(library, source, load));
  });
}

/**
 * The file `chat_template.jinja` of a repository, by the part of transformers.js that reads it for its processors, cached
 * and found again offline like any file. Most models have none, and some have no network any more: neither is an error.
 */
async function templateFile({ Processor }: Transformers, source: string, load: LoadOptions) {
  class TemplateReader extends Processor {
    static override uses_chat_template_file = true;
  }
  try {
    const { chat_template } = await TemplateReader.from_pretrained(source, load);
    return chat_template ? { chat_template } : {};
  } catch {
    return {};
  }
}

/** Several templates are an object there, by their names. */
function asLibraryHolds(template: ChatTemplate): unknown {
  return typeof template === "string"
    ? template
    : Object.fromEntries(template.map(({ name, template }) => [name, template]));
}
