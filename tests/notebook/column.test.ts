import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnCells } from "../../lib/notebook/column.js";

function texts(values: unknown[], decimals?: number): string[] {
  return columnCells("x", values, undefined, decimals).map((cell) =>
    "text" in cell ? cell.text : cell.kind,
  );
}

const numbers: [what: string, values: number[], expected: string[]][] = [
  ["whole numbers stay whole", [1, 20, 300], ["1", "20", "300"]],
  ["precision is equal down the column", [1.5, 2, 3.25], ["1.50", "2.00", "3.25"]],
  ["four digits of the largest", [118.25, -12.345678, 3.5], ["118.3", "−12.3", "3.5"]],
  ["small numbers keep their digits", [0.000123456, 0.00001], ["0.0001235", "0.0000100"]],
  ["large numbers keep none after the point", [123456.789], ["123457"]],
  ["zeros", [0, 0], ["0", "0"]],
  ["what is no number stays readable", [Number.NaN, -Infinity, 0.5], ["NaN", "−∞", "0.5"]],
];

describe("numbers", () => {
  test.each(numbers)("%s", (_, values, expected) => {
    expect(texts(values)).toEqual(expected);
  });

  test("decimals can be set", () => {
    expect(texts([1, 2.5], 2)).toEqual(["1.00", "2.50"]);
  });

  test("every finite number of a column has as many decimals as the others", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), (values) => {
        const lengths = texts(values).map((text) => text.split(".")[1]?.length ?? 0);
        expect(new Set(lengths).size).toBe(1);
      }),
    );
  });
});

describe("choices", () => {
  test("a token keeps its blanks and loses its number to the bar", () => {
    const [cell] = columnCells("Choice 0", [" most (8.37%)"], undefined);
    expect(cell).toEqual({
      kind: "probability",
      value: expect.closeTo(0.0837, 10),
      parts: [
        { kind: "space", text: "·" },
        { kind: "text", text: "most" },
      ],
    });
  });

  test.each([" (a) (5.00%)", "\n (4.97%)", " (1%)", "50% (50%)"])("%j is one", (text) => {
    expect(columnCells("x", [text], undefined)[0]?.kind).toBe("probability");
  });

  test("one text that is no choice makes the column text", () => {
    expect(columnCells("x", ["a (5.00%)", "b"], undefined).map(({ kind }) => kind)).toEqual(["text", "text"]);
  });

  test("missing values leave their cells empty", () => {
    const cells = columnCells("x", ["a (5.00%)", null, undefined], undefined);
    expect(cells.map(({ kind }) => kind)).toEqual(["probability", "empty", "empty"]);
  });
});

describe("roles", () => {
  test("probabilities from 0 to 1, rounding errors allowed", () => {
    const cells = columnCells("p", [0, 0.5, 1.000001], "probability");
    expect(cells.every(({ kind }) => kind === "probability")).toBe(true);
  });

  test.each([-0.1, 1.1, 42, Number.NaN, "half"])("%j is no probability", (value) => {
    expect(() => columnCells("p", [value], "probability")).toThrow(/`probability` must be .*column p/);
  });

  test("tokens show their blanks", () => {
    const [cell] = columnCells("t", [" a\t"], "token");
    expect(cell).toMatchObject({ parts: [{ kind: "space" }, { kind: "text" }, { kind: "tab" }] });
  });
});

const others: [value: unknown, expected: string][] = [
  ["plain", "plain"],
  [true, "true"],
  [12n, "12"],
  [[1, 2, 3], "1, 2, 3"],
  [Float32Array.of(0.5, 1), "0.5, 1"],
  [new Set(["a", "b"]), "a, b"],
  [{ a: 1n }, "{ a: 1n }"],
];

test.each(others)("%o is text", (value, expected) => {
  expect(texts([value, "x"])[0]).toBe(expected);
});
