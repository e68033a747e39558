import type { CompiledGrammar, GrammarMatcher } from "@mlc-ai/web-xgrammar";
import type { Tokens } from "../../core/types.js";
import type { EngineVocabulary } from "./vocabulary.js";

/** Bit `token % 32` of word `token / 32` says whether a token may follow. */
export interface Mask {
  get(word: number): number;
}

/** Thrown for a text that breaks the constraint. */
export class BrokenError extends Error {
  constructor(readonly position: number) {
    super(`token ${position} breaks the constraint`);
  }
}

/** Which tokens may follow a generated text. */
export interface Matchers {
  /**
   * Calls `read` with the mask after these generated tokens; it is valid during the call.
   * @throws BrokenError
   */
  withMask<T>(generated: Tokens, read: (mask: Mask) => T): T;
  dispose(): void;
}

/** The engine's side of a matcher. Its own method copies the mask behind a promise, for which no chain can wait. */
interface Handle {
  GetNextTokenBitmask(vocabSize: number): Mask & { delete(): void };
}

/** A matcher and the tokens that it has accepted. */
interface Walker {
  readonly matcher: GrammarMatcher;
  path: Tokens;
}

/** As many sequences can go on side by side without one of them being read again from its start. */
const MOST_WALKERS = 64;

/**
 * A matcher walks along one text. Here every text that is asked for gets the matcher that stands on its beginning, or
 * a new one, or, with enough of them, the one that has rested longest, taken back to where the two texts part. So
 * sequences side by side, beams that branch and guesses that are taken back all get the mask of their own prefix.
 */
export async function openMatchers(
  { engine, size }: EngineVocabulary,
  compiled: CompiledGrammar,
  endTokens: Tokens,
): Promise<Matchers> {
  const { GrammarMatcher } = engine.xgrammar;
  const ends = [...endTokens];
  /** The one that has rested longest comes first. */
  let walkers: Walker[] = [];
  for (let made = 0; made < MOST_WALKERS; made++)
    walkers.push({ matcher: await GrammarMatcher.createGrammarMatcher(compiled, ends), path: [] });
  const standingOn = (text: Tokens) => {
    const onTheWay = walkers.filter(({ path }) => path.length > 0 && shared(path, text) === path.length);
    return onTheWay.sort((a, b) => b.path.length - a.path.length)[0] ?? walkers[0];
  };
  return {
    withMask(generated, read) {
      const walker = standingOn(generated);
      walkers = [...walkers.filter((other) => other !== walker), walker];
      walk(walker, generated);
      const { handle } = walker.matcher as unknown as { readonly handle: Handle };
      const mask = handle.GetNextTokenBitmask(size);
      try {
        return read(mask);
      } finally {
        mask.delete();
      }
    },
    dispose() {
      for (const { matcher } of walkers) matcher.dispose();
      walkers = [];
    },
  };
}

function walk(walker: Walker, text: Tokens): void {
  const kept = shared(walker.path, text);
  if (walker.path.length > kept) walker.matcher.rollBack(walker.path.length - kept);
  walker.path = text.slice(0, kept);
  for (const [position, token] of text.entries()) {
    if (position < kept) continue;
    if (!walker.matcher.acceptToken(token)) throw new BrokenError(position);
    walker.path = text.slice(0, position + 1);
  }
}

/** How many tokens two texts begin with alike. */
function shared(a: Tokens, b: Tokens): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return length;
}
