import type { Conversation } from "../../chat/index.js";
import type { Recipe } from "../../decoding/index.js";

export interface ChatPageOptions {
  /** How to decode. Default: temperature 0.6, top-p 0.9, at most 200 tokens. */
  readonly recipe?: Recipe;
  /** What the conversation begins with. Default: nothing. */
  readonly conversation?: Conversation;
  /** The most tokens of a prompt. Default as in `reply`. */
  readonly budget?: number;
  /** Default: one that is free. */
  readonly port?: number;
}

/** A page to talk with a model on. */
export interface ChatPage {
  /** Such as `http://127.0.0.1:41234/`; only this machine reaches it. */
  readonly url: string;
  /** What was said on it so far. */
  readonly conversation: Conversation;
  /** Says something on the page as its reader would, over HTTP, and gives back the answer. */
  say(text: string): Promise<string>;
  close(): Promise<void>;
}
