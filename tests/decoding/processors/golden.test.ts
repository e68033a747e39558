import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { seededRandom } from "../../../lib/core/random.js";
import { softmax } from "../../../lib/core/rows.js";
import {
  createChain,
  type DetectionOptions,
  detectWatermark,
  multinomial,
  type ProcessorConfig,
  type ProcessorContext,
  type WatermarkDetection,
} from "../../../lib/decoding/index.js";
import { chiSquaredDeviation } from "../arithmetic.js";
import { contextWith, kept, ruledOut } from "./context.js";

type Recorded = (number | null)[];

interface Record {
  readonly rows: { readonly [name: string]: Recorded };
  readonly cases: {
    readonly row: string;
    readonly context: Partial<ProcessorContext>;
    readonly tokens: number[];
    readonly processors: ProcessorConfig[];
    readonly expected: Recorded;
  }[];
  readonly detections: {
    readonly options: DetectionOptions;
    readonly tokens: number[];
    readonly expected: WatermarkDetection;
  }[];
}

const file = new URL("../../golden/processors/rows.json", import.meta.url);
const record: Record = JSON.parse(readFileSync(file, "utf8"));
const toRow = (recorded: Recorded) => Float32Array.from(recorded, (score) => score ?? ruledOut);

test.each(record.cases)("$row after $tokens through $processors", (golden) => {
  const process = createChain(golden.processors, contextWith(golden.context));
  const actual = process(toRow(record.rows[golden.row]), golden.tokens);
  const expected = toRow(golden.expected);
  expect(kept(actual)).toEqual(kept(expected));
  for (const token of kept(expected)) expect(actual[token]).toBeCloseTo(expected[token], 4);
});

test("20,000 draws through each chain fall as the recorded probabilities say", () => {
  const draws = 20_000;
  const deviations = record.cases.flatMap((golden) => {
    const process = createChain(golden.processors, contextWith(golden.context));
    const draw = multinomial(seededRandom(19));
    const row = process(toRow(record.rows[golden.row]), golden.tokens);
    const observed = new Array<number>(row.length).fill(0);
    for (let i = 0; i < draws; i++) observed[draw(row)]++;
    const expected = Array.from(softmax(toRow(golden.expected)), (probability) => draws * probability);
    expect(observed.every((count, token) => count === 0 || expected[token] > 0)).toBe(true);
    const deviation = chiSquaredDeviation(observed, expected);
    return Number.isNaN(deviation) ? [] : [deviation]; // one token alone is certain
  });
  expect(deviations.length).toBeGreaterThan(120);
  expect(Math.max(...deviations)).toBeLessThan(4);
});

test.each(record.detections)("detects a watermark with $options", ({ options, tokens, expected }) => {
  const { pValue, ...counts } = detectWatermark(tokens, options);
  expect(counts).toEqual({
    tokensScored: expected.tokensScored,
    greenTokens: expected.greenTokens,
    greenFraction: expected.greenFraction,
    zScore: expect.closeTo(expected.zScore, 10),
    watermarked: expected.watermarked,
  });
  expect(pValue / expected.pValue).toBeCloseTo(1, 9);
});
