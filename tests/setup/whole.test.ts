import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./folders.js";
import { ROOT, startNode } from "./processes.js";
import { closedAddress } from "./registry.js";

/** The project as a clone has it, as far as set-up reads it. */
function clone(): string {
  const folder = temporaryFolder();
  for (const name of [
    "scripts",
    "package.json",
    "package-lock.json",
    "environment.yml",
    ".npmrc",
    "tsconfig.json",
    "lib/package.json",
  ]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  return folder;
}

async function withoutNetwork(folder: string) {
  const { CONDA_PREFIX: _, ...env } = process.env;
  const npm = { npm_config_cache: join(folder, "npm-cache"), npm_config_fetch_retries: "0" };
  return { ...env, ...npm, npm_config_registry: await closedAddress() };
}

describe("a fresh clone", () => {
  test.each([["setup.mjs"], ["start.mjs"]])(
    "without a network: %s stops at npm packages and tells the way out",
    async (script) => {
      const folder = clone();
      const env = await withoutNetwork(folder);
      const { code, output } = await startNode([join(folder, "scripts", script)], { env }).end;
      expect(code).toBe(1);
      expect(output).toContain("Set-up stopped at: npm packages (npm-packages)");
      expect(output).toContain("the network, or the registry, was not reached");
      expect(output).toContain("(log: .setup/logs/npm-packages.log)");
      expect(output).toContain("Way out: check the network");
      expect(existsSync(join(folder, ".setup/lock"))).toBe(false);
    },
  );

  test.each([
    ["setup.mjs", ["--wihtout", "page"], "Unknown: --wihtout page. Options are --offline"],
    ["test.mjs", ["--lonely"], "Unknown option --lonely; there are --only and --fast."],
  ])("%s %j is refused before anything is done", async (script, args, message) => {
    const folder = clone();
    const { code, output } = await startNode([join(folder, "scripts", script), ...args]).end;
    expect(code).toBe(2);
    expect(output.trim()).toMatch(new RegExp(`^${message.replace(/[.?]/g, "\\$&")}`));
    expect(existsSync(join(folder, ".setup"))).toBe(false);
  });

  test("with --offline and nothing in npm's cache: says what forbids to fetch", async () => {
    const folder = clone();
    const env = await withoutNetwork(folder);
    const { code, output } = await startNode([join(folder, "scripts/setup.mjs"), "--offline"], { env }).end;
    expect(code).toBe(1);
    expect(output).toContain("npm's cache lacks a package, and --offline forbids to fetch it");
    expect(output).toContain("Way out: run the command once without --offline");
  });

  test("without a network: `npm test` ends in a count of one failure", async () => {
    const folder = clone();
    const env = await withoutNetwork(folder);
    const { code, output } = await startNode([join(folder, "scripts/test.mjs"), "--offline"], { env }).end;
    expect(code).toBe(1);
    expect(output.trimEnd().split("\n").at(-1)).toBe("0 passed, 1 failed");
  });

  test.each([
    [["--with", "everything"], 1, "--with knows no step `everything`"],
    [["--with=native-tensorflow=2"], 1, "--with knows no step"],
  ])("%j is refused before anything is done", async (args, expected, message) => {
    const folder = clone();
    const { code, output } = await startNode([join(folder, "scripts/setup.mjs"), ...args]).end;
    expect(code).toBe(expected);
    expect(output).toContain(message);
    expect(existsSync(join(folder, ".setup"))).toBe(false);
  });
});
