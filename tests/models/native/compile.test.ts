import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { compileDecoder } from "../../../lib/models/native/compile.js";
import { modulePath } from "../../../lib/models/native/place.js";

const place = modulePath();

/** What a compilation that fails must leave as it is. */
async function built(): Promise<unknown> {
  if (!existsSync(place)) return undefined;
  return [(await stat(place)).mtimeMs, await readdir(path.dirname(place))];
}

test.each([
  ["no-such-compiler", /the compiler `no-such-compiler` is missing: install a C\+\+ compiler .* CXX/],
  ["false", /the compiler `false` failed; it must know C\+\+20/],
  // It ends well, and makes nothing.
  ["true", /was compiled, but does not run/],
])("a compilation that fails says why, and leaves what there is: %s", async (compiler, message) => {
  const before = await built();
  await expect(compileDecoder({ compiler })).rejects.toThrow(message);
  if (before) expect(await built()).toEqual(before);
});
