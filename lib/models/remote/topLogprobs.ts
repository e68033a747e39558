/** The log-probabilities of a completion: OpenAI's own shape, or that of its chat, which llama.cpp's server sends. */
export interface CompletionLogprobs {
  readonly top_logprobs?: readonly Readonly<Record<string, number>>[];
  readonly content?: readonly {
    readonly top_logprobs?: readonly { readonly token: string; readonly logprob: number }[];
  }[];
}

/** The likeliest first tokens, each with its log-probability in nats; undefined where the engine tells none. */
export function firstTopLogprobs(
  logprobs: CompletionLogprobs | null | undefined,
): [text: string, logProb: number][] | undefined {
  const [byText] = logprobs?.top_logprobs ?? [];
  if (byText) return Object.entries(byText);
  const [first] = logprobs?.content ?? [];
  return first?.top_logprobs?.map(({ token, logprob }) => [token, logprob]);
}
