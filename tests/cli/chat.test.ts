import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyGguf } from "../support/gguf.js";
import { temporaryDirectory } from "../support/temporary.js";
import { PROGRAM, runProgram } from "./program.js";

let root: string;
let model: string;
let greedy: string;

beforeAll(async () => {
  root = await temporaryDirectory();
  model = path.join(root, "tiny.gguf");
  await writeFile(model, tinyGguf({ seed: 3, contextLength: 256, quantisation: "Q4_0" }));
  greedy = path.join(root, "greedy.json");
  await writeFile(greedy, JSON.stringify({ method: "greedy", maxNewTokens: 6 }));
});

const chat = (lines: readonly string[], ...args: string[]) =>
  runProgram(["chat", "--model", model, "--recipe", greedy, ...args], {
    root,
    input: lines.map((line) => `${line}\n`).join(""),
  });

describe("lines on stdin", () => {
  test("are answered, saved, and gone on with", async () => {
    const [json, markdown] = [path.join(root, "chat.json"), path.join(root, "chat.md")];
    const { code, stderr } = await chat(
      ["the sea", "and the sky", `/save ${json}`, `/save ${markdown}`],
      "--system",
      "be brief",
    );
    expect([code, stderr]).toEqual([0, ""]);
    const saved = JSON.parse(await readFile(json, "utf8"));
    expect(saved.system).toBe("be brief");
    expect(saved.turns.map(({ role }: { role: string }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
    ]);
    expect(saved.turns[1].recipe).toMatchObject({ method: "greedy", maxNewTokens: 6 });
    expect(await readFile(markdown, "utf8")).toContain("## User\n\n> the sea\n");
    const again = await chat(["/undo", "and the sky", `/save ${json}`], "--load", json);
    expect(again.code).toBe(0);
    expect(JSON.parse(await readFile(json, "utf8"))).toEqual(saved);
  });

  test("show the prompt: roles, what was cached, what had no room", async () => {
    const { stdout } = await chat(["the sea", "the sky", "/show-prompt"]);
    expect(stdout).toMatch(/^ +user {2}the·sea$/m);
    expect(stdout).toMatch(/^ +template {2}.*<\|im_start\|>/m);
    const [, all, cached, fresh] = /(\d+) of 250 tokens: (\d+) cached, (\d+) new/.exec(
      stdout,
    ) as unknown as string[];
    expect(Number(cached)).toBeGreaterThan(0);
    expect(Number(cached) + Number(fresh)).toBe(Number(all));
    const small = await chat(["the sea", "the sky", "/show-prompt"], "--budget", all as string);
    expect(small.stdout).not.toContain("no room");
    const smaller = await chat(["the sea", "the sky", "/show-prompt"], "--budget", String(Number(all) - 1));
    expect(smaller.stdout).toContain("no room for the 2 oldest turns");
  });

  test("show the prompt of the conversation as it is now", async () => {
    const json = path.join(root, "other.json");
    await writeFile(
      json,
      JSON.stringify({
        format: "logitbook-conversation",
        version: 1,
        system: null,
        turns: [{ role: "user", content: "the land" }],
      }),
    );
    const { stdout } = await chat(["the sea", `/load ${json}`, "/show-prompt"]);
    expect(stdout).toMatch(/^ +user {2}the·land$/m);
    expect(stdout).not.toMatch(/^ +user {2}the·sea$/m);
  });

  test("take nothing back where nothing was said", async () => {
    const { stderr } = await chat(["/undo"]);
    expect(stderr).toContain("there is nothing to take back");
  });

  test("regenerate with the next seed or another recipe", async () => {
    const beams = path.join(root, "beams.json");
    await writeFile(beams, JSON.stringify({ method: "beam", numBeams: 2, maxNewTokens: 4 }));
    const { code, stdout } = await chat([
      "the sea",
      "/regenerate",
      "/recipe",
      `/regenerate ${beams}`,
      "/recipe",
    ]);
    expect(code).toBe(0);
    const recipes = stdout
      .split("\n")
      .filter((line) => line.startsWith('{"method"'))
      .map((line) => JSON.parse(line));
    expect(recipes).toMatchObject([
      { method: "greedy", seed: 1 },
      { method: "beam", numBeams: 2 },
    ]);
  });

  test.each([
    ["/nope", "there is no /nope: /help"],
    ["/save", "/save needs the name of a file"],
    ["/load nothing.json", "could not read nothing.json"],
    ["/regenerate", "one whose last turn is the user's"],
  ])("%s ends with one line on stderr", async (line, message) => {
    const { code, stderr } = await chat([line]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

/** Types each line once the prompt is there, on a real terminal, and prints what it shows. */
const TYPIST = `
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
lines = sys.stdin.read().splitlines()
prompt = "› \u001b[3G".encode()
seen = b""
try:
    while chunk := os.read(terminal, 65536):
        os.write(1, chunk)
        seen += chunk
        # A terminal hands out what was written in pieces of its own: the prompt may come in two.
        if lines and prompt in seen:
            seen = b""
            os.write(terminal, lines.pop(0).encode() + b"\\r")
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

test("on a terminal a mistake is reported and the chat goes on", async () => {
  const env = { ...process.env, TERM: "xterm-256color", LOGITBOOK_MODELS: path.join(root, "models") };
  const args = ["-c", TYPIST, process.execPath, PROGRAM, "chat", "--model", model, "--recipe", greedy];
  const child = spawn("python3", args, { env, timeout: 55_000 });
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
  });
  child.stdin.end("/nope\nthe sea\n/quit\n");
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(shown).toContain("there is no /nope");
  expect(shown).toMatch(/\d+ tokens cached, \d+ read, \d+ generated/);
  expect(code).toBe(0);
});
