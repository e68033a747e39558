import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Context } from "../../scripts/setup/context.mjs";
import { temporaryFolder as buildFolder } from "../../scripts/setup/context.mjs";
import { compileTrainingOperations } from "../../scripts/setup/training-operations.mjs";
import { hasNative } from "../training/graph/native.js";
import { temporaryFolder } from "./folders.js";
import { ROOT } from "./processes.js";

const LIBRARY = ".setup/tensorflow";
const BUILD = { name: "operations", without: "It goes on." };

/** A project with the sources, set up as far as the binding. */
function project(compiler?: string): Context {
  const root = temporaryFolder();
  const isSource = (name: string) => !name.endsWith("/build");
  cpSync(join(ROOT, "lib/native"), join(root, "lib/native"), { recursive: true, filter: isSource });
  mkdirSync(join(root, ".setup"));
  for (const name of ["node_modules", LIBRARY]) symlinkSync(join(ROOT, name), join(root, name));
  const context = { root, env: { ...process.env, ...(compiler && { CXX: compiler }) } } as unknown as Context;
  mkdirSync(buildFolder(context), { recursive: true });
  return context;
}

describe.skipIf(!hasNative)("the operations for training", () => {
  test("are compiled and tried, with all warnings", { timeout: 120_000 }, async () => {
    const context = project();
    const built = await compileTrainingOperations(context, BUILD, LIBRARY);
    expect(existsSync(join(context.root, built))).toBe(true);
    expect(readFileSync(join(context.root, ".setup/logs/operations.log"), "utf8")).not.toContain("warning:");
  });

  test.each(["false", "true"])(
    "are left out where the compiler fails or makes nothing: %s",
    async (compiler) => {
      const context = project(compiler);
      await expect(compileTrainingOperations(context, BUILD, LIBRARY)).rejects.toThrow();
      expect(existsSync(join(context.root, "lib/native/build"))).toBe(false);
    },
  );
});
