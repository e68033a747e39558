import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../lib/core/errors.js";
import {
  configText,
  parseRunConfig,
  parseSamplingConfig,
  templateNames,
  templateText,
} from "../../../lib/training/config/index.js";

const least = "out: runs/a\ncorpus: { source: moby-dick }\n";

function errorOf(text: string, overrides: readonly string[] = []): ConfigError {
  try {
    parseRunConfig(text, { file: "run.yaml", overrides });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

test("defaults are filled in, and what is filled in reads as the same again", () => {
  const config = parseRunConfig(least);
  expect(config.training).toMatchObject({ steps: 2000, optimizer: "adamw", schedule: { type: "cosine" } });
  expect(config.model).toMatchObject({ architecture: "gpt2", width: 128 });
  expect(config.sampling.recipe).toMatchObject({ method: "sample", seed: 0 });
  expect(parseRunConfig(configText(config))).toEqual(config);
});

test.each(templateNames)("the template %s is a configuration, and every field of it is known", (name) => {
  const config = parseRunConfig(templateText(name));
  expect(config.out).toBe(`runs/${name}`);
  expect(parseRunConfig(configText(config))).toEqual(config);
});

test.each(templateNames)("the template %s can be tried with a few steps", (name) => {
  const config = parseRunConfig(templateText(name), { overrides: ["training.steps=60"] });
  expect(config.training).toMatchObject({ steps: 60, schedule: { warmupSteps: null } });
});

describe("an error names file, line, field, rule and value", () => {
  test.each<[string, string, number | undefined, string]>([
    ["a second document", "out: a\n---\nout: b\n", 2, "a file holds one configuration"],
    ["an alias of nothing", "out: *a\n", undefined, "it is no valid YAML: Unresolved alias"],
    [
      "weight decay for adam",
      `${least}training: { optimizer: adam, weightDecay: 0.1 }\n`,
      3,
      "`training.weightDecay` must be null or 0 for adam: use adamw, but is 0.1",
    ],
    ["a misspelt section", `${least}trainign: { steps: 3 }\n`, 3, "did you mean `training`?"],
    ["a misspelt field", `${least}training:\n  steps: 3\n  lenght: 8\n`, 5, "did you mean `length`?"],
    [
      "no number",
      `${least}training:\n  steps: many\n`,
      4,
      '`training.steps` must be a whole number from 1, but is "many"',
    ],
    ["a negative rate", `${least}training: { learningRate: -0.1 }\n`, 3, "a number above 0, but is -0.1"],
    ["steps of 0", `${least}training:\n\n  # none\n  steps: 0\n`, 6, "`training.steps`"],
    ["an unknown architecture", `${least}model: { architecture: gtp2 }\n`, 3, "did you mean `gpt2`?"],
    [
      "a field of another architecture",
      `${least}model:\n  architecture: lstm\n  numHeads: 2\n`,
      5,
      "model.numHeads",
    ],
    [
      "heads that don't divide",
      `${least}model: { architecture: gpt2, width: 10, numHeads: 3 }\n`,
      3,
      "a divisor of model.width (10)",
    ],
    [
      "a context too short",
      `${least}model: { architecture: gpt2, contextLength: 8 }\n`,
      3,
      "training.length (64) or more",
    ],
    [
      "tied layers of two sizes",
      `${least}model:\n  architecture: gru\n  tieEmbedding: true\n`,
      3,
      "since the two are tied",
    ],
    ["state for a transformer", `${least}training: { batches: streams }\n`, 3, "carries no state"],
    ["restarts of a transformer", `${least}training: { restarts: 0.1 }\n`, 3, "only streams carry a state"],
    ["a vocabulary below 257", `${least}tokenizer: { kind: bpe, vocabSize: 200 }\n`, 3, "from 257"],
    [
      "a vocabulary of characters",
      `${least}tokenizer: { vocabSize: 200 }\n`,
      3,
      "every character is a token",
    ],
    [
      "a tokenizer beside a given model",
      `${least}model: { architecture: given, from: x }\n`,
      undefined,
      "the model brings its own",
    ],
    [
      "warm-up beyond the end",
      `${least}training:\n  steps: 10\n  schedule: { warmupSteps: 11 }\n`,
      5,
      "at most training.steps (10), or null for a twentieth of them, but is 11",
    ],
    [
      "a broken recipe",
      `${least}sampling:\n  recipe:\n    method: sample\n    processors:\n      - { type: topP, p: 2 }\n`,
      7,
      "sampling.recipe.processors[0].p",
    ],
    ["a missing section", "out: runs/a\n", undefined, "corpus"],
    ["validation of everything", `out: a\ncorpus: { source: x, validation: 1 }\n`, 2, "above 0 and below 1"],
    ["no YAML", "out: [\n", 2, "no valid YAML"],
    ["a list", "- 1\n- 2\n", undefined, "an object with the fields out, seed"],
    ["an empty text", "", undefined, "`out`"],
  ])("%s", (_, text, line, says) => {
    const error = errorOf(text);
    expect(error.source).toBe("run.yaml");
    expect(error.message).toContain(says);
    if (line !== undefined) expect(error.line).toBe(line);
    expect(error.message).toMatch(line === undefined ? /^run\.yaml(:\d+)?: / : `run.yaml:${line}: `);
  });
});

describe("--set", () => {
  test("replaces fields, makes sections, and the last one wins", () => {
    const overrides = [
      "training.steps=7",
      "training.schedule.warmupSteps=2",
      "training.steps=9",
      "model.width=64",
    ];
    const config = parseRunConfig(`${least}model: { architecture: gpt2 }\n`, { overrides });
    expect(config.training).toMatchObject({ steps: 9, schedule: { warmupSteps: 2, type: "cosine" } });
    expect(config.model).toMatchObject({ width: 64 });
  });

  test.each([
    ["null", "training.clipNorm=null", null],
    ["a fraction", "training.clipNorm=0.5", 0.5],
  ])("reads %s as YAML does", (_, override, value) => {
    expect(parseRunConfig(least, { overrides: [override] }).training.clipNorm).toBe(value);
  });

  test.each([
    ["a bad value", "training.steps=-1", "--set training.steps=-1: `training.steps` must be"],
    ["a misspelt name", "training.stesp=1", "did you mean `steps`?"],
    ["no value", "training.steps", "section.field=value"],
    ["no name", "=3", "section.field=value"],
  ])("%s is blamed on the argument", (_, override, says) => {
    const error = errorOf(least, [override]);
    expect(error.message).toContain(says);
    expect(error.source).toContain("--set");
  });
});

test("a sampling file has its own rules and defaults", () => {
  const sampling = parseSamplingConfig("auto: 2\nprompts: [a]\nlength: 5\nrecipe: { method: greedy }\n");
  expect(sampling).toMatchObject({ auto: 2, prompts: ["a"], length: 5, recipe: { method: "greedy" } });
  expect(() => parseSamplingConfig("manual_inputs: [a]", { file: "s.yaml" })).toThrow(
    "s.yaml:1: `manual_inputs`",
  );
});
