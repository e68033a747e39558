import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SetupError } from "../../scripts/setup/errors.mjs";
import { runCommand } from "../../scripts/setup/process.mjs";
import { temporaryFolder, until, writeFiles } from "./folders.js";
import { isAlive, moduleUrl, startNode } from "./processes.js";

function run(folder: string, command: string, args: readonly string[]) {
  const log = join(folder, "log");
  const shared = { cwd: folder, env: process.env, log, logName: "the log", wayOut: ["do better"] };
  return runCommand(command, args, shared);
}

async function failure(folder: string, command: string, args: readonly string[]): Promise<string> {
  const error: unknown = await run(folder, command, args).then(
    () => new Error("it passed"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SetupError);
  return error instanceof SetupError ? error.describe() : "";
}

describe("a command", () => {
  test("passes, and its output is in the log", async () => {
    const folder = temporaryFolder();
    await run(folder, process.execPath, ["-e", 'console.log("one"); console.error("two")']);
    expect(readFileSync(join(folder, "log"), "utf8").split("\n").sort()).toEqual(["", "one", "two"]);
  });

  test.each([
    ["fails", "console.log('last words'); process.exit(3)", "failed with exit code 3."],
    [
      "is killed",
      "process.kill(process.pid, 'SIGKILL')",
      "was killed by SIGKILL, perhaps for lack of memory.",
    ],
    ["has no space", "console.error('write: No space left on device'); process.exit(1)", "The disk is full."],
    [
      "has no network",
      "console.error('connect ECONNREFUSED'); process.exit(1)",
      "the network, or the registry",
    ],
  ])("that %s says so", async (_, program, message) => {
    const text = await failure(temporaryFolder(), process.execPath, ["-e", program]);
    expect(text).toContain(message);
    expect(text).toContain("(log: the log)");
    expect(text).toContain("Way out:");
  });

  test("that fails shows its last lines", async () => {
    const program = "for (let i = 0; i < 40; i++) console.log('line', i); process.exit(1)";
    const text = await failure(temporaryFolder(), process.execPath, ["-e", program]);
    expect(text).toContain("|  line 39");
    expect(text).not.toContain("line 9\n");
    expect(text).toContain("Way out: do better");
  });

  test("that is missing says so", async () => {
    expect(await failure(temporaryFolder(), "no-such-command", [])).toContain(
      "could not be started (ENOENT)",
    );
  });

  test.each([
    ["killed outright", (pid: number) => process.kill(pid, "SIGKILL")],
    ["killed with its whole group", (pid: number) => process.kill(-pid, "SIGKILL")],
  ])("dies with all it started when set-up is %s", async (_, kill) => {
    const folder = temporaryFolder();
    writeFiles(folder, {
      "child.mjs": `import { spawn } from "node:child_process"; import fs from "node:fs";
        const inner = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
        fs.writeFileSync("pids.new", process.pid + " " + inner.pid); fs.renameSync("pids.new", "pids");
        setInterval(() => {}, 1000);`,
      "parent.mjs": `import { runCommand } from ${JSON.stringify(moduleUrl("process.mjs"))};
        await runCommand(process.execPath, ["child.mjs"], { cwd: ".", env: process.env, log: "log", logName: "log", wayOut: [] });`,
    });
    const parent = startNode(["parent.mjs"], { cwd: folder, detached: true });
    await until(() => existsSync(join(folder, "pids")), "the child runs");
    const pids = readFileSync(join(folder, "pids"), "utf8").split(" ").map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    kill(parent.child.pid as number);
    await until(() => !pids.some(isAlive), "both are gone");
  });
});
