import type { Tokenizer, Tokens } from "../../core/types.js";
import { readSequence, type TokenSequence, tokenizerFor, type Vocabulary } from "./tokens.js";

/** Runs of tokens across which a repetition isn't followed back. */
export interface SequenceBreakers {
  /** Breakers of one token. */
  readonly single: ReadonlySet<number>;
  /** Longer ones: what may follow a first token. */
  readonly tails: ReadonlyMap<number, readonly Tokens[]>;
}

/**
 * Reads breakers. A list of ids stands for itself; a text stands for every token that contains it and, if it is longer
 * than a character, for every token that ends with its beginning, followed by the tokens of the rest.
 * @throws OptionError as `readSequence`
 */
export function readBreakers(breakers: readonly TokenSequence[], vocabulary: Vocabulary): SequenceBreakers {
  const single = new Set<number>();
  const tails = new Map<number, Tokens[]>();
  const add = ([first, ...rest]: Tokens) => {
    if (rest.length === 0) single.add(first);
    else tails.set(first, [...(tails.get(first) ?? []), rest]);
  };
  const texts: string[] = [];
  let tokenizer: Tokenizer | undefined;
  for (const [index, breaker] of breakers.entries()) {
    const place = `dry.breakers[${index}]`;
    if (typeof breaker === "string") {
      tokenizer = tokenizerFor(breaker, place, vocabulary);
      texts.push(breaker);
    } else add(readSequence(breaker, place, vocabulary));
  }
  if (tokenizer !== undefined) {
    for (const run of spellings(texts, tokenizer, vocabulary.vocabSize)) add(run);
  }
  return { single, tails };
}

/** How many tokens come after the last breaker; all of them if there is none. */
export function sinceBreaker(tokens: Tokens, { single, tails }: SequenceBreakers): number {
  for (let since = 0; since < tokens.length; since++) {
    const at = tokens.length - 1 - since;
    const fits = (tail: Tokens) => tail.length <= since && tail.every((id, i) => tokens[at + 1 + i] === id);
    const lengths = (tails.get(tokens[at]) ?? []).filter(fits).map((tail) => tail.length);
    if (lengths.length > 0) return since - Math.max(...lengths);
    if (single.has(tokens[at])) return since;
  }
  return tokens.length;
}

function* spellings(texts: readonly string[], tokenizer: Tokenizer, vocabSize: number): Generator<Tokens> {
  const decoder = new TextDecoder();
  const rests = new Map<string, number[]>();
  const encodeRest = (rest: string) => {
    const known = rests.get(rest) ?? tokenizer.encode(rest);
    rests.set(rest, known);
    return known;
  };
  for (let token = 0; token < Math.min(vocabSize, tokenizer.vocabSize); token++) {
    const text = decoder.decode(tokenizer.tokenBytes(token));
    for (const breaker of texts) {
      if (text.includes(breaker)) yield [token];
      else {
        for (let cut = 1; cut < breaker.length; cut++) {
          if (text.endsWith(breaker.slice(0, cut))) yield [token, ...encodeRest(breaker.slice(cut))];
        }
      }
    }
  }
}
