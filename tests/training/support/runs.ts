import { writeFile } from "node:fs/promises";
import path from "node:path";
import { seededRandom } from "../../../lib/core/random.js";
import { parseRunConfig, type RunConfig, type TrainEvent, train } from "../../../lib/training/index.js";

// A picture takes a browser seconds to draw; one test asks for it.
process.env.CHROME_PATH = "/none";

/** A text of sentences that a small model can learn something of. */
export function smallText(sentences = 200): string {
  const random = seededRandom(5);
  const pick = (words: readonly string[]) => words[Math.floor(random.next() * words.length)];
  const sentence = () =>
    `the ${pick(["cat", "dog", "sea"])} ${pick(["sees", "hears"])} a ${pick(["ship", "tree", "star"])}.`;
  return Array.from({ length: sentences }, sentence).join("\n");
}

/** The text in a folder, and the YAML of a run that takes a second or two. */
export async function smallRun(root: string, architecture: string, out = "run"): Promise<string> {
  const text = path.join(root, "text.txt");
  await writeFile(text, smallText());
  const sizes =
    architecture === "gpt2"
      ? "numLayers: 1, numHeads: 2, width: 8"
      : "embedSize: 8, hiddenSize: 8, numLayers: 2";
  return `
out: ${path.join(root, out)}
seed: 3
backend: cpu
corpus: { source: ${text} }
model: { architecture: ${architecture}, ${sizes}, dropout: 0.1 }
training:
  { steps: 12, batchSize: 4, length: 8, learningRate: 0.02, schedule: { warmupSteps: 2 },
    validateEvery: 4, validationBatches: 2, sampleInterval: 6 }
sampling: { auto: 1, prompts: ["the "], length: 6 }
`;
}

export async function smallConfig(
  root: string,
  architecture: string,
  overrides: readonly string[] = [],
): Promise<RunConfig> {
  return parseRunConfig(await smallRun(root, architecture), { overrides });
}

/** Everything that a training yields, or until `enough` says so. */
export async function eventsOf(
  config: RunConfig,
  options: Parameters<typeof train>[1] = {},
  visit: (event: TrainEvent) => void = () => {},
): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(config, options)) {
    events.push(event);
    visit(event);
  }
  return events;
}

export type EventOf<Type extends TrainEvent["type"]> = Extract<TrainEvent, { type: Type }>;

export function ofType<Type extends TrainEvent["type"]>(
  events: readonly TrainEvent[],
  type: Type,
): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

/** What must be equal between runs: losses and norms of each step, scores of each validation, samples. */
export function outcome(events: readonly TrainEvent[]): unknown[] {
  return events.flatMap((event): unknown[] => {
    if (event.type === "step") return [[event.step, event.loss, event.gradientNorm, event.learningRate]];
    if (event.type === "validation") return [event];
    return event.type === "samples" ? [event.samples] : [];
  });
}
