import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parseRunConfig } from "../../../lib/training/config/index.js";

const folder = path.resolve("notebooks/configs");

test.each(readdirSync(folder))("%s is a configuration whose run has its name", (file) => {
  const config = parseRunConfig(readFileSync(path.join(folder, file), "utf8"), { file });
  expect(config.out).toBe(`runs/${path.basename(file, ".yaml")}`);
});
