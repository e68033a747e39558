import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TableData } from "../../lib/notebook/frame.js";
import { tableBundle } from "../../lib/notebook/table.js";
import type { TableOptions } from "../../lib/notebook/tableLayout.js";

const data: TableData = {
  columns: ["Input", "Choice 0", "rank", "p"],
  index: [10, 11],
  rows: [
    ["Transformers are the", " most (8.37%)", 1, 0.25],
    ["<b>&\"'", "<|im_end|> (50.00%)", 12, 1],
  ],
};

function html(options: TableOptions = {}, table = data): string {
  return String(tableBundle(table, options)["text/html"]);
}

function text(options: TableOptions = {}, table = data): string {
  return tableBundle(table, options)["text/plain"];
}

describe("HTML", () => {
  test("text is escaped, in cells, heads, titles and notes", () => {
    const hostile = '<script>"x"</script>';
    const table = { columns: [hostile], index: [hostile], rows: [[hostile]] };
    const made = html({ title: hostile, note: hostile }, table);
    expect(made).not.toContain("<script>");
    expect(made.match(/&#60;script&#62;/g)).toHaveLength(5);
  });

  test("nothing in a cell opens a tag", () => {
    fc.assert(
      fc.property(fc.string(), (cell) => {
        const made = html(
          { tokens: ["token"] },
          { columns: ["text", "token"], index: [0], rows: [[cell, cell]] },
        );
        const tags = new Set(made.match(/<\/?[a-z]+/g)?.map((tag) => tag.replace(/<\/?/, "")));
        const known = "style div table thead tbody tr th td code span br details summary".split(" ");
        expect([...tags].filter((tag) => !known.includes(tag))).toEqual([]);
      }),
    );
  });

  test("numbers stand on the right, text on the left, also where styles are stripped", () => {
    expect(html()).toContain('<td class="lb-number" align="right">12</td>');
    expect(html()).toMatch(
      /<td class="lb-text" align="left" style="text-align:left;[^"]*">Transformers are the</,
    );
    expect(html()).toContain('<th scope="col" align="right">rank</th>');
  });

  test("a probability is a bar of that length, and all bars share one scale", () => {
    const made = html({ probability: ["p"] });
    const bars = [...made.matchAll(/height:100%;width:([\d.]+)%/g)].map(([, width]) => Number(width));
    expect(bars).toEqual([8.37, 25, 50, 100]);
    expect(new Set(made.match(/position:relative;[^"]*width:[\d.]+em/g)).size).toBe(1);
  });

  test("the chosen column has a colour of its own", () => {
    const colours = (made: string) => new Set(made.match(/background-color:rgba\([^)]+\)/g));
    const both = html({ probability: ["p"], chosen: "Choice 0" });
    expect(colours(both).size).toBe(2);
    expect(colours(html({ probability: ["p"] })).size).toBe(1);
  });

  test("tokens show blanks and control tokens, and dollar signs are no formula", () => {
    expect(html()).toContain('<code class="lb-token"><span class="lb-space">·</span>most</code>');
    expect(html()).toContain('<span class="lb-special">&#60;|im_end|&#62;</span>');
    expect(html()).toContain("tex2jax_ignore");
  });

  test("long text folds", () => {
    const long = "word ".repeat(100).trim();
    const made = html({}, { columns: ["a"], index: [0], rows: [[long]] });
    expect(made).toContain("<details><summary>");
    expect(made).toContain(`</summary>${long}</details>`);
  });

  test("a newline in text is shown and kept", () => {
    expect(html({}, { columns: ["a"], index: [0], rows: [["x\ny"]] })).toContain(
      'x<span class="lb-newline">⏎</span><br>y',
    );
  });
});

describe("plain text", () => {
  test("is the same table, aligned", () => {
    expect(text({ title: "Title", note: "Note", probability: ["p"] })).toBe(
      [
        "Title",
        "",
        "    Input                 Choice 0             rank        p",
        "──  ────────────────────  ───────────────────  ────  ───────",
        "10  Transformers are the  ·most (8.37%)           1   25.00%",
        "11  <b>&\"'                <|im_end|> (50.00%)    12  100.00%",
        "",
        "Note",
      ].join("\n"),
    );
  });

  test("names no rows when told so", () => {
    expect(text({ index: false })).toMatch(/^Input/);
  });

  test("is cut where a line would run too far", () => {
    expect(text({}, { columns: ["a"], index: [0], rows: [["x".repeat(60)]] })).toContain(
      `${"x".repeat(47)}…`,
    );
  });
});

test("rows beyond maxRows are counted", () => {
  const index = Array.from({ length: 60 }, (_, n) => n);
  const table = { columns: ["n"], index, rows: index.map((n) => [n]) };
  expect(text({}, table)).toContain("50 of 60 rows");
  expect(html({ maxRows: 3 }, table).match(/<tr>/g)).toHaveLength(4);
  expect(html({ maxRows: 60 }, table)).not.toContain("of 60 rows");
});

const wrong: [options: TableOptions, words: RegExp][] = [
  [
    { chosen: "choice" },
    /`chosen` must be a column of the table \(Input, Choice 0, rank, p\), but is "choice"/,
  ],
  [{ tokens: ["no"] }, /`tokens` must be a column/],
  [{ probability: ["no"] }, /`probability` must be a column/],
  [{ decimals: { no: 1 } }, /`decimals` must be a column/],
  [{ decimals: { rank: -1 } }, /`decimals.rank` must be an integer from 0 to 20/],
  [{ maxRows: 0 }, /`maxRows` must be an integer above 0/],
  [{ probability: ["rank"] }, /numbers between 0 and 1 \(column rank\)/],
];

test.each(wrong)("%j is an error that names it", (options, words) => {
  expect(() => html(options)).toThrow(words);
});

test("a table without rows is a head", () => {
  const empty = { columns: ["a"], index: [], rows: [] };
  expect(text({}, empty)).toBe("  a\n  ─");
  expect(html({}, empty)).toContain("<tbody></tbody>");
});
