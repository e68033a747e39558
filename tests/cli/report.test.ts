import { afterEach, expect, test, vi } from "vitest";
import { downloadReporter } from "../../lib/cli/report.js";

afterEach(() => vi.restoreAllMocks());

/** What a terminal is shown of these events: milliseconds, file, megabytes of ten. */
function shown(
  events: readonly (readonly [time: number, file: string, loaded: number])[],
  isTTY = true,
): string[] {
  let time = 0;
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const before = process.stderr.isTTY;
  process.stderr.isTTY = isTTY;
  try {
    const report = downloadReporter(() => time);
    for (const [at, file, loaded] of events) {
      time = at;
      report({ file, loaded: loaded * 1e6, total: 1e7 });
    }
  } finally {
    process.stderr.isTTY = before;
  }
  return written;
}

test("a file that is there at once isn't mentioned, one that takes its time is, until it is whole", () => {
  const quick = [
    [0, "tokenizer.json", 1],
    [40, "tokenizer.json", 10],
  ] as const;
  const slow = [
    [50, "model.onnx", 1],
    [700, "model.onnx", 5],
    [900, "model.onnx", 10],
  ] as const;
  expect(shown([...quick, ...slow])).toEqual([
    "\r\u001b[Kmodel.onnx  5.0 of 10.0 MB",
    "\r\u001b[Kmodel.onnx  10.0 of 10.0 MB\r\u001b[K",
  ]);
});

test("nothing is written where stderr is no terminal", () => {
  expect(
    shown(
      [
        [0, "a", 1],
        [900, "a", 5],
      ],
      false,
    ),
  ).toEqual([]);
});
