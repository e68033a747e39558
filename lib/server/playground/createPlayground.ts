import type { Playground, PlaygroundOptions } from "./types.js";

/**
 * Serves the playground's page with models, examples and functions of one's own, to this machine only.
 * @throws OptionError that names the option at fault; CorpusError for a file of records that can't be read
 * @example
 * const playground = await createPlayground({
 *   models: { smollm2: "smollm2" },
 *   corpora: { questions: { records: [{ question: "Why is the sky blue?", answer: "Air scatters blue light." }] } },
 *   templates: { plain: (record) => ({ prompt: `${record.question}\n`, target: `${record.answer}` }) },
 *   rooms: ["data", { room: "next", title: "Step by step" }],
 * });
 */
export async function createPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const { openPlayground } = await import("./open.js");
  return openPlayground(options);
}
