import type { CompiledGrammar, GrammarCompiler } from "@mlc-ai/web-xgrammar";
import type { Tokenizer } from "../../core/types.js";
import { type Engine, newEngine } from "./engine.js";
import { grammarOf } from "./grammar.js";
import { symbolText } from "./symbols.js";
import type { Constraint } from "./types.js";

/** A tokenizer's tokens in an engine, and grammars compiled for them. */
export interface EngineVocabulary {
  readonly engine: Engine;
  /** How many tokens it has: the tokenizer's, and one more. */
  readonly size: number;
  /** The last token stands for the end of the text where the tokenizer has none that does. */
  readonly noToken: number;
  compile(constraint: Constraint): Promise<CompiledGrammar>;
}

/** How many compiled grammars to keep for each vocabulary. */
const KEPT = 16;

/** Building the tables of a vocabulary takes longer than anything else here, and they don't depend on the grammar. */
const vocabularies = new WeakMap<Tokenizer, Promise<EngineVocabulary>>();

/** The tokenizer's vocabulary in an engine of its own, built when it is first asked for. */
export function vocabularyOf(tokenizer: Tokenizer): Promise<EngineVocabulary> {
  const known = vocabularies.get(tokenizer);
  if (known !== undefined) return known;
  const made = build(tokenizer);
  vocabularies.set(tokenizer, made);
  made.catch(() => vocabularies.delete(tokenizer));
  return made;
}

async function build(tokenizer: Tokenizer): Promise<EngineVocabulary> {
  const engine = await newEngine();
  const { TokenizerInfo, GrammarCompiler } = engine.xgrammar;
  const noToken = tokenizer.vocabSize;
  const texts = Array.from({ length: noToken }, (_, token) => textOf(tokenizer, token)).concat("");
  // Which tokens end a text is told to each matcher.
  const info = await TokenizerInfo.createTokenizerInfo(texts, "raw", false, texts.length, [noToken]);
  const compiler = await GrammarCompiler.createGrammarCompiler(info, false);
  return { engine, size: texts.length, noToken, compile: keeping(compiler) };
}

/** Control tokens and ends are no text: the engine never accepts an empty one. */
function textOf(tokenizer: Tokenizer, token: number): string {
  const isText = !tokenizer.isSpecial(token) && !tokenizer.endTokens.includes(token);
  return isText ? symbolText(tokenizer.tokenBytes(token)) : "";
}

function keeping(compiler: GrammarCompiler): EngineVocabulary["compile"] {
  const kept = new Map<string, Promise<CompiledGrammar>>();
  return (constraint) => {
    const key = JSON.stringify(constraint);
    const compiled = kept.get(key) ?? grammarOf(constraint).then((text) => compiler.compileGrammar(text));
    kept.delete(key);
    kept.set(key, compiled);
    compiled.catch(() => kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > KEPT) {
      kept.get(oldest)?.then((grammar) => grammar.dispose());
      kept.delete(oldest);
    }
    return compiled;
  };
}
