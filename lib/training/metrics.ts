/** How well a model predicts a text. */
export interface Scores {
  /** Mean negative log-probability per token, in nats. */
  readonly loss: number;
  /** The same per character, in bits: comparable between tokenizers. */
  readonly bitsPerCharacter: number;
  /** `exp(loss)`: among how many equally likely tokens the model would be as unsure. */
  readonly perplexity: number;
}

/**
 * Scores from a sum over a text.
 * @param nats negative log-probability of the whole text
 * @param tokens and characters (code points) in it, both above 0
 */
export function scoresOf(nats: number, tokens: number, characters: number): Scores {
  const loss = nats / tokens;
  return { loss, bitsPerCharacter: nats / Math.LN2 / characters, perplexity: Math.exp(loss) };
}
