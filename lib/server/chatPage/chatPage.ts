import type { OpenModel } from "../../core/types.js";
import type { ChatPage, ChatPageOptions } from "./types.js";

/**
 * Opens a small page on this machine to talk with a model on, for a frame in a notebook: kernels have no stdin. It
 * doesn't keep the process alive, and leaves the model open.
 * @throws OptionError for a model without a chat template
 * @example const page = await chatPage(open); show({ html: `<iframe src="${page.url}" width="100%" height="420"></iframe>` });
 */
export async function chatPage(open: OpenModel, options: ChatPageOptions = {}): Promise<ChatPage> {
  const { openChatPage } = await import("./open.js");
  return openChatPage(open, options);
}
