// Compiled, never run: what a typed program takes from the package.
import {
  type Generated,
  generate,
  type LanguageModel,
  OptionError,
  openModel,
  type Recipe,
  type Step,
  tableModel,
} from "logitbook";
import { type RunningServer, startServer } from "logitbook/server";

const recipe: Recipe = {
  method: "sample",
  processors: [
    { type: "temperature", t: 0.7 },
    { type: "topP", p: 0.9, rule: "atMost" },
  ],
  constraint: { choices: ["yes", "no"] },
};

export async function answer(directory: string): Promise<string> {
  const open = await openModel(directory);
  const onStep = (step: Step): void => console.log(step.token, step.logProb);
  const { sequences }: Generated = await generate(
    open,
    "Is fire hot?",
    { ...recipe, method: "sample" },
    { onStep },
  );
  return sequences[0].text;
}

// @ts-expect-error a method that there isn't
export const misspelt: Recipe = { method: "sampel" };

export const model: LanguageModel = tableModel({ vocabSize: 2, otherwise: () => [0.5, 0.5] });
export const serve: (options: Parameters<typeof startServer>[0]) => Promise<RunningServer> = startServer;
export const isOptionError = (error: unknown): error is OptionError => error instanceof OptionError;
