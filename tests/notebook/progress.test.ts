import { describe, expect, test } from "vitest";
import { progress } from "../../lib/notebook/progress.js";

/** A clock that stands until it is moved, and a stream that keeps what is written. */
function bench(isTTY: boolean, columns = 80) {
  let [time, lines] = [0, [] as string[]];
  return {
    stream: { isTTY, columns, write: (text: string) => lines.push(text) },
    now: () => time,
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
    take: () => {
      const taken = lines;
      lines = [];
      return taken;
    },
  };
}

describe("in a log", () => {
  test("a line for each tenth, with rate and remaining time, and one at the end", () => {
    const { wait, take, ...options } = bench(false);
    const bar = progress(20, "Training", { ...options, unit: "steps" });
    expect(take()).toEqual([]);
    for (let step = 0; step < 20; step++) {
      wait(500);
      bar.advance(1, `loss ${20 - step}`);
    }
    const lines = take();
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe("Training: 2 of 20 steps · 9.0 s left · 2.00/s · loss 19\n");
    bar.finish();
    expect(take()).toEqual(["Training: 20 of 20 steps · in 10 s · 2.00/s · loss 1\n"]);
  });
});

test("what was done before says nothing of the speed", () => {
  const { wait, take, ...options } = bench(false);
  const bar = progress(100, "Training", { ...options, done: 25 });
  wait(2000);
  bar.advance(4);
  expect(take()).toEqual([]);
  wait(500);
  bar.advance(1);
  expect(take()).toEqual(["Training: 30 of 100 · 35 s left · 2.00/s\n"]);
  for (const done of [-1, 101, 0.5]) {
    expect(() => progress(100, "x", { ...options, done })).toThrow("`done` must be an integer from 0 to 100");
  }
});

describe("on a terminal", () => {
  test("one line, written over itself, ended at the end", () => {
    const { wait, take, ...options } = bench(true);
    const bar = progress(4, "Load", options);
    wait(1000);
    bar.advance(3);
    bar.finish();
    expect(take()).toEqual([
      "\rLoad: 0 of 4\x1b[K",
      "\rLoad: 3 of 4 · 0.3 s left · 3.00/s\x1b[K",
      "\rLoad: 3 of 4 · stopped after 1.0 s · 3.00/s\x1b[K\n",
    ]);
  });

  test("no line is wider than the terminal", () => {
    const { wait: _, take, ...options } = bench(true, 12);
    progress(4, "A long label", options);
    expect(take()).toEqual(["\rA long labe\x1b[K"]);
  });

  test("at most ten pictures a second", () => {
    const { wait, take, ...options } = bench(true);
    const bar = progress(1000, "Fast", options);
    for (let step = 0; step < 1000; step++) {
      wait(1);
      bar.advance();
    }
    expect(take()).toHaveLength(11);
  });
});

const times: [seconds: number, words: string][] = [
  [0.44, "in 0.4 s"],
  [9.96, "in 10 s"],
  [59.6, "in 1:00 min"],
  [185, "in 3:05 min"],
  [3723, "in 1:02:03 h"],
];

test.each(times)("%d seconds are written %s", (seconds, words) => {
  const { wait, take, ...options } = bench(false);
  const bar = progress(1, "x", options);
  wait(seconds * 1000);
  bar.advance();
  take();
  bar.finish();
  expect(take()[0]).toContain(words);
});

test("after its end it says nothing more, and never more than all is done", () => {
  const { wait: _, take, ...options } = bench(false);
  const bar = progress(2, "x", options);
  bar.advance(5);
  bar.finish();
  expect(take().at(-1)).toContain("2 of 2");
  bar.advance();
  bar.finish();
  expect(take()).toEqual([]);
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("a total of %d is an error", (total) => {
  expect(() => progress(total, "x")).toThrow(/`total` must be an integer above 0/);
});

test.each([-1, Number.NaN])("a count of %d is an error", (count) => {
  expect(() => progress(2, "x", { stream: bench(false).stream }).advance(count)).toThrow(
    /`count` must be a number, 0 or more/,
  );
});
