import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createContext } from "../../scripts/setup/context.mjs";
import { discard, obtain } from "../../scripts/setup/download.mjs";
import { SetupError } from "../../scripts/setup/errors.mjs";
import { temporaryFolder, writeFiles } from "./folders.js";
import { closedAddress, type Fault, type Served, startRegistry } from "./registry.js";
import { zipOf } from "./zip.js";

const hash = (content: Buffer) => createHash("sha256").update(content).digest("hex");

function wheel(): Served {
  const about = "demo_words-1.0.dist-info";
  const content = zipOf(
    {
      "demo_words/words.txt": Buffer.from("one two three ".repeat(500)),
      [`${about}/METADATA`]: Buffer.from("Metadata-Version: 2.1\nName: demo-words\nVersion: 1.0\n"),
      [`${about}/WHEEL`]: Buffer.from("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
      [`${about}/RECORD`]: Buffer.from(""),
    },
    8,
  );
  return { name: "demo-words", version: "1.0", file: "demo_words-1.0-py3-none-any.whl", content };
}

function tarball(): Served {
  const folder = temporaryFolder();
  writeFiles(folder, {
    "package/package.json": '{ "name": "demo-words", "version": "1.0.0" }',
    "package/words.txt": Array.from({ length: 900 }, (_, i) => `word${i * i}`).join(" "),
  });
  execFileSync("tar", ["czf", "made.tgz", "package"], { cwd: folder });
  const content = readFileSync(join(folder, "made.tgz"));
  return { name: "demo-words", version: "1.0.0", file: "demo-words-1.0.0.tgz", content };
}

type Client = "npm" | "pip";

function wanted(client: Client, served: Served, sha256 = hash(served.content)) {
  const requirement =
    client === "npm" ? `${served.name}@${served.version}` : `${served.name}==${served.version}`;
  return { client, requirement, file: served.file, sha256, megabytes: 1 };
}

/** A project in an empty folder, whose clients know no other registry than this one and cache nothing. */
function project(registry: string, offline = false) {
  const root = temporaryFolder();
  const env = {
    ...process.env,
    npm_config_registry: registry,
    npm_config_cache: join(root, "npm-cache"),
    npm_config_fetch_retries: "0",
    PIP_RETRIES: "1",
    PIP_CONFIG_FILE: "/dev/null",
    PIP_INDEX_URL: registry,
    PIP_NO_CACHE_DIR: "1",
    PIP_FIND_LINKS: "",
  };
  const python = { prefix: "", python: "python3", isOwn: true };
  return { ...createContext({ root, env, offline }), python };
}

async function failure(attempt: Promise<string>): Promise<string> {
  const error: unknown = await attempt.then(
    () => new Error("it passed"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SetupError);
  return error instanceof SetupError ? error.describe() : "";
}

const packages = { npm: tarball, pip: wheel };

describe.each(["npm", "pip"] as const)("a package by %s", (client) => {
  test("is fetched once, verified, and kept until it is discarded", async () => {
    const served = packages[client]();
    const context = project(await startRegistry(served));
    const file = await obtain(wanted(client, served), context);
    expect(readFileSync(file)).toEqual(served.content);
    const withoutNetwork = { ...context, env: project(await closedAddress()).env };
    expect(await obtain(wanted(client, served), withoutNetwork)).toBe(file);
    discard(wanted(client, served), context);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ["404", /404|No matching distribution|not found/i],
    ["truncated", /./],
    ["corrupt", /hash does not match|sha256 does not match/],
  ] as const satisfies readonly (readonly [Fault, RegExp])[])(
    "that the registry serves as %s is an error with a way out",
    async (fault, message) => {
      const served = packages[client]();
      const context = project(await startRegistry(served, fault));
      const text = await failure(obtain(wanted(client, served), context));
      expect(text).toMatch(message);
      expect(text).toContain(`place it at data/downloads/${served.file}`);
      expect(existsSync(join(context.root, ".setup/downloads", served.file))).toBe(false);
    },
  );

  test("of another hash than expected is refused", async () => {
    const served = packages[client]();
    const context = project(await startRegistry(served));
    const text = await failure(obtain(wanted(client, served, "0".repeat(64)), context));
    expect(text).toMatch(/(hash|sha256) does not match/);
    expect(text).toContain(hash(served.content));
  });

  test("without a network names the file to place by hand", async () => {
    const served = packages[client]();
    const text = await failure(obtain(wanted(client, served), project(await closedAddress())));
    expect(text).toContain("the network, or the registry, was not reached");
    expect(text).toContain(`place it at data/downloads/${served.file}`);
  });

  test("with --offline says what is missing, at once", async () => {
    const served = packages[client]();
    const context = project(await startRegistry(served), true);
    const text = await failure(obtain(wanted(client, served), context));
    expect(text).toContain(`place it at data/downloads/${served.file}`);
  });

  test("placed by hand is used, and stays", async () => {
    const served = packages[client]();
    const context = project(await closedAddress(), true);
    writeFiles(context.root, { [`data/downloads/${served.file}`]: served.content });
    const file = await obtain(wanted(client, served), context);
    expect(file).toBe(join(context.root, "data/downloads", served.file));
    discard(wanted(client, served), context);
    expect(existsSync(file)).toBe(true);
  });

  test("placed by hand but wrong is named, and stays", async () => {
    const served = packages[client]();
    const context = project(await startRegistry(served));
    writeFiles(context.root, { [`data/downloads/${served.file}`]: "half a file" });
    const text = await failure(obtain(wanted(client, served), context));
    expect(text).toContain(`${served.file} is not the expected file: its sha256 does not match.`);
    expect(text).toContain(`delete data/downloads/${served.file}`);
  });

  test("left damaged by an earlier run is fetched again", async () => {
    const served = packages[client]();
    const context = project(await startRegistry(served));
    writeFiles(context.root, { [`.setup/downloads/${served.file}`]: "half a file" });
    expect(readFileSync(await obtain(wanted(client, served), context))).toEqual(served.content);
  });
});
