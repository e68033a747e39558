// node scripts/node-versions.mjs [20.19 22 24]: runs the fast tests and notebook 02 under several Node.js, brought by npm
// into an ignored folder, and prints a table.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { PROJECT } from "./setup/context.mjs";
import { npmCommand } from "./setup/npm.mjs";

const NOTEBOOK = "02-greedy-table";
const TEST = path.join(PROJECT, "scripts", "test.mjs");
const asked = process.argv.slice(2);

const rows = [];
for (const wanted of asked.length > 0 ? asked : ["20.19", "22", "24"]) {
  const node = bringNode(wanted);
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  console.log(`\n==== Node.js ${version}`);
  const tests = await testUnder(node, ["--only", "lib", "--fast"]);
  const notebook = await testUnder(node, ["--only", "notebooks", NOTEBOOK]);
  rows.push({ version, tests, notebook, ok: tests.code === 0 && notebook.code === 0 });
}
// the kernel spec names the Node.js that did the set-up last: this one again
spawnSync(process.execPath, [path.join(PROJECT, "scripts", "setup.mjs")], { stdio: "inherit" });

const line = (/** @type {string[]} */ ...cells) =>
  cells
    .map((cell) => cell.padEnd(34))
    .join("")
    .trimEnd();
console.log(`\n${line("Node.js", "set-up and fast tests", `set-up and notebook ${NOTEBOOK.slice(0, 2)}`)}`);
for (const { version, tests, notebook } of rows) console.log(line(version, tests.last, notebook.last));
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;

/**
 * Runs part of `npm test` under a Node.js; tells its exit code and its last line.
 * @param {string} node
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, last: string }>}
 */
function testUnder(node, args) {
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}` };
  const child = spawn(node, [TEST, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
  let last = "";
  readline.createInterface({ input: child.stdout }).on("line", (text) => {
    console.log(text);
    if (text.trim() !== "") last = text;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? 1, last })));
}

/**
 * The `node` package of npm carries the binary of a version.
 * @param {string} version
 * @returns {string} path of the binary
 */
function bringNode(version) {
  const folder = path.join(PROJECT, ".setup", "node", version);
  const binary = path.join(
    folder,
    "node_modules",
    "node",
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (fs.existsSync(binary)) return binary;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  const npm = npmCommand(process.env);
  // the install script of `node` puts the binary in its place
  const options = ["--no-audit", "--no-fund", "--ignore-scripts=false"];
  execFileSync(npm.command, [...npm.args, "install", `node@${version}`, ...options], {
    cwd: folder,
    stdio: "inherit",
  });
  return binary;
}
