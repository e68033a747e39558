import type { CompiledGrammar } from "@mlc-ai/web-xgrammar";
import { type Engine, newEngine } from "./engine.js";
import { grammarOf } from "./grammar.js";
import type { Constraint } from "./types.js";

/** A tokenizer's tokens in an engine, and grammars compiled for them. */
export interface EngineVocabulary {
  readonly engine: Engine;
  /** How many tokens it has. */
  readonly size: number;
  compile(constraint: Constraint): Promise<CompiledGrammar>;
}

/** @param texts the tokens in the engine's symbols; the last stands for the end of a text */
export async function openVocabulary(texts: readonly string[]): Promise<EngineVocabulary> {
  const engine = await newEngine();
  const { TokenizerInfo, GrammarCompiler } = engine.xgrammar;
  // Which tokens end a text is told to each matcher.
  const info = await TokenizerInfo.createTokenizerInfo([...texts], "raw", false, texts.length, [
    texts.length - 1,
  ]);
  const compiler = await GrammarCompiler.createGrammarCompiler(info, false);
  return {
    engine,
    size: texts.length,
    compile: async (constraint) => compiler.compileGrammar(await grammarOf(constraint)),
  };
}
