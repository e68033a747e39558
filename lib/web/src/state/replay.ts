import type { RecipeData } from "../recipe/types.js";

/** All that it takes to show a result again: it travels in the page's address. */
export interface Replay {
  readonly room: string;
  readonly model: string;
  readonly prompt: string;
  readonly recipe: RecipeData;
  /** Tokens that were picked by hand in the next-token room. */
  readonly picks: readonly number[];
  /** What is expected after the prompt; empty where nothing is. */
  readonly target: string;
  /** Further recipes of the generate room. */
  readonly others: readonly RecipeData[];
}

/**
 * The address part after `#`: URL-safe base64 of UTF-8 JSON, behind the room's name, which stays readable. What is left
 * out stays as the page has it.
 */
export function toHash({ room, ...rest }: Partial<Replay> & Pick<Replay, "room">): string {
  const bytes = new TextEncoder().encode(JSON.stringify(rest));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const text = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `#/${room}/${text}`;
}

/** What an address asks for; undefined where it holds nothing, or nothing that can be read. */
export function fromHash(hash: string): Partial<Replay> | undefined {
  const [, room, text] = /^#\/([a-z-]+)(?:\/([\w-]*))?$/.exec(hash) ?? [];
  if (room === undefined) return undefined;
  if (!text) return { room };
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return { ...(JSON.parse(new TextDecoder().decode(bytes)) as Omit<Replay, "room">), room };
  } catch {
    return { room };
  }
}
