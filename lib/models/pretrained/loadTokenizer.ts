import { readChatTemplate } from "../../tokenizers/file/chatTemplate.js";
import type { ChatTemplate } from "../../tokenizers/file/read.js";
import type { HubTokenizer } from "../../tokenizers/hubTokenizer.js";
import { loadFromHub } from "./hub.js";
import type { DownloadProgress, HubOptions } from "./protocol.js";

/**
 * A tokenizer as transformers.js loads it. From a directory it also takes the template that Python keeps in a file of
 * its own, which transformers.js leaves out.
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
  const given = template ?? (await readChatTemplate(source));
  return Object.assign(loaded as unknown as HubTokenizer, given && { chat_template: asLibraryHolds(given) });
}

/** Several templates are an object there, by their names. */
function asLibraryHolds(template: ChatTemplate): unknown {
  return typeof template === "string"
    ? template
    : Object.fromEntries(template.map(({ name, template }) => [name, template]));
}
