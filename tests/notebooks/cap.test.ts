import { afterAll, beforeAll, expect, test } from "vitest";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { Notebooks, textOf } from "./harness.js";

const { LOGITBOOK_MAX_NEW_TOKENS: _, LOGITBOOK_STORE: __, ...unset } = process.env;
const name = "cap";
let folder: Notebooks;

beforeAll(async () => {
  folder = await Notebooks.create();
});

afterAll(() => folder.remove());

/** What a notebook reads as its cap, and whether it is stored, executed with these parameters. */
async function read(
  parameters: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  await folder.write(name, [
    'console.log(process.env.LOGITBOOK_MAX_NEW_TOKENS ?? "all", process.env.LOGITBOOK_STORE ?? "read");',
  ]);
  const { code, output } = await folder.execute([...parameters, name], { ...unset, ...environment });
  expect(code, output).toBe(0);
  return textOf((await folder.read(name)).cells[0].outputs[0]?.text).trim();
}

test("a check generates few tokens, and as many as the environment says", async () => {
  const check = () => ["--output", folder.folder];
  expect(await read(check())).toBe("24 read");
  expect(await read(check(), { LOGITBOOK_MAX_NEW_TOKENS: "7" })).toBe("7 read");
}, 90_000);

test.skipIf(findChromium() === undefined)(
  "what is stored is generated without a cap, and told so (needs a Chromium)",
  async () => {
    expect(await read(["--update"])).toBe("all 1");
  },
  60_000,
);
