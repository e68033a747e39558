import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, until, writeFiles } from "./folders.js";
import { moduleUrl, type Running, startNode } from "./processes.js";

/**
 * A project of two real steps. `first` copies source.txt in three slow pieces; `second` counts its letters in a
 * process of its own. Each run of a step leaves a line in ran.txt.
 */
const PROGRAM = `
import fs from "node:fs";
import path from "node:path";
import { createContext, temporaryFolder, logFile } from ${JSON.stringify(moduleUrl("context.mjs"))};
import { SetupError } from ${JSON.stringify(moduleUrl("errors.mjs"))};
import { runCommand } from ${JSON.stringify(moduleUrl("process.mjs"))};
import { Progress } from ${JSON.stringify(moduleUrl("progress.mjs"))};
import { runSteps } from ${JSON.stringify(moduleUrl("runner.mjs"))};
import { fingerprintFiles } from ${JSON.stringify(moduleUrl("stamp.mjs"))};
const root = process.cwd();
const pause = Number(process.env.PAUSE ?? 0);
const context = createContext({ root });
const first = {
  name: "first", title: "first step", megabytes: Number(process.env.MEGABYTES ?? 1),
  stamp: () => "out/.setup.json",
  key: () => fingerprintFiles(root, ["source.txt"]),
  async run() {
    fs.appendFileSync("ran.txt", "first\\n");
    const text = fs.readFileSync("source.txt", "utf8");
    fs.mkdirSync("out", { recursive: true });
    const beside = path.join(temporaryFolder(context), "copy");
    for (const piece of text.split(/(?=b)/)) {
      fs.appendFileSync(beside, piece);
      fs.writeFileSync("reached", piece);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    fs.renameSync(beside, "out/copy.txt");
    return { files: ["out/copy.txt"] };
  },
};
const second = {
  name: "second", title: "second step", megabytes: 1, optional: process.env.OPTIONAL === "yes",
  stamp: () => "count/.setup.json",
  key: () => fingerprintFiles(root, ["out/copy.txt"]),
  async obstacle() {
    if (process.env.OBSTACLE === "yes") return new SetupError("There are no fingers.", { wayOut: ["grow some"] });
  },
  async run() {
    fs.appendFileSync("ran.txt", "second\\n");
    fs.mkdirSync("count", { recursive: true });
    const program = "const fs = require('node:fs'); fs.writeFileSync('reached', 'counting'); setTimeout(() => fs.writeFileSync('count/n', String(fs.readFileSync('out/copy.txt').length)), " + pause + ")";
    if (process.env.FAIL === "yes") throw new SetupError("It does not count.", { tried: "counting", wayOut: ["count on fingers"] });
    await runCommand(process.execPath, ["-e", program], { cwd: root, env: process.env, ...logFile(context, "second"), wayOut: [] });
    return { files: ["count/n"] };
  },
};
try {
  console.log("ran:", (await runSteps([first, second], context, new Progress())).join(","));
} catch (error) {
  console.log(error.message + "\\n" + error.reason?.describe());
  process.exitCode = 1;
}
`;

function project(): string {
  const folder = temporaryFolder();
  writeFiles(folder, { "setup.mjs": PROGRAM, "source.txt": "aaabbbccc" });
  return folder;
}

function setUp(folder: string, env: Record<string, string> = {}): Running {
  return startNode(["setup.mjs"], { cwd: folder, env: { ...process.env, ...env } });
}

const runs = (folder: string) => readFileSync(join(folder, "ran.txt"), "utf8").trim().split("\n");

describe("set-up", () => {
  test("runs every step once, and again only what changed", async () => {
    const folder = project();
    expect((await setUp(folder).end).output).toContain("ran: first,second");
    expect((await setUp(folder).end).output).toBe("ran: \n");
    writeFileSync(join(folder, "count/n"), "a longer text");
    expect((await setUp(folder).end).output).toContain("ran: second");
    writeFileSync(join(folder, "source.txt"), "aaabbbcccddd");
    expect((await setUp(folder).end).output).toContain("ran: first,second");
    rmSync(join(folder, "out"), { recursive: true });
    expect((await setUp(folder).end).output).toContain("ran: first");
    expect(readFileSync(join(folder, "count/n"), "utf8")).toBe("12");
  });

  test.each([
    ["in its own work", "SIGKILL", "bccc"],
    ["in its own work", "SIGTERM", "aaa"],
    ["in a process it waits for", "SIGKILL", "counting"],
  ] as const)("killed %s (%s at `%s`) completes when run again", async (_, signal, moment) => {
    const folder = project();
    const killed = setUp(folder, { PAUSE: "700" });
    const reached = join(folder, "reached");
    await until(() => existsSync(reached) && readFileSync(reached, "utf8") === moment, moment);
    killed.child.kill(signal);
    await killed.end;
    expect(existsSync(join(folder, "count/.setup.json"))).toBe(false);
    const again = await setUp(folder).end;
    expect(again.code).toBe(0);
    expect(readFileSync(join(folder, "out/copy.txt"), "utf8")).toBe("aaabbbccc");
    expect(readFileSync(join(folder, "count/n"), "utf8")).toBe("9");
    expect(readdirSync(join(folder, ".setup"))).toEqual(["logs"]);
  });

  test("two at once do the work once", async () => {
    const folder = project();
    const both = await Promise.all([
      setUp(folder, { PAUSE: "150" }).end,
      setUp(folder, { PAUSE: "150" }).end,
    ]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs(folder)).toEqual(["first", "second"]);
    expect(both.map(({ output }) => output).join()).toContain("is at work here; waiting for it.");
  });

  test("that fails names the step, what was tried and the way out", async () => {
    const folder = project();
    const { code, output } = await setUp(folder, { FAIL: "yes" }).end;
    expect(code).toBe(1);
    expect(output).toContain("second step: It does not count.");
    expect(output).toContain("Tried:   counting");
    expect(output).toContain("Way out: count on fingers");
    expect((await setUp(folder).end).output).toContain("ran: second");
  });

  test("goes on without an optional step, in one line", async () => {
    const { code, output } = await setUp(project(), { FAIL: "yes", OPTIONAL: "yes" }).end;
    expect(code).toBe(0);
    expect(output).toMatch(/second step +skipped +\d+\.\d s {2}It does not count\. count on fingers\n/);
  });

  test("leaves out what need not be tried, in one line each time, and takes it up once it can be", async () => {
    const folder = project();
    const env = { OBSTACLE: "yes", OPTIONAL: "yes" };
    const line = "  second step: left out. There are no fingers. grow some\n";
    const first = await setUp(folder, env).end;
    expect(first.code).toBe(0);
    expect(first.output).toContain(line);
    expect((await setUp(folder, env).end).output).toBe(`${line}ran: \n`);
    expect(runs(folder)).toEqual(["first"]);
    expect((await setUp(folder).end).output).toContain("ran: second");
    expect((await setUp(folder, env).end).output).toBe("ran: \n");
  });

  test("looks for space before it begins", async () => {
    const folder = project();
    const { code, output } = await setUp(folder, { MEGABYTES: "900000000" }).end;
    expect(code).toBe(1);
    expect(output).toMatch(/Not enough space on the disk: 900000001 MB are needed, \d+ MB are free\./);
    expect(existsSync(join(folder, "ran.txt"))).toBe(false);
  });

  test("writes plain lines where there is no terminal", async () => {
    const { output } = await setUp(project()).end;
    expect(output).toMatch(/first step +done +\d+\.\d s\n/);
    for (const control of ["\r", "\u001b"]) expect(output).not.toContain(control);
  });
});
