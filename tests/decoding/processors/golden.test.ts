import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  createChain,
  type DetectionOptions,
  detectWatermark,
  type ProcessorConfig,
  type ProcessorContext,
  type WatermarkDetection,
} from "../../../lib/decoding/index.js";
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
