// node scripts/pack-trial.mjs [--keep] [MODEL]: packs the built library, installs the tarball into a folder outside the
// repository, and uses it there as a new user would: a script, the commands, and the TypeScript compiler.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TRIAL = path.join(ROOT, "scripts", "pack-trial");
const NPM = process.platform === "win32" ? "npm.cmd" : "npm";
const NPX = process.platform === "win32" ? "npx.cmd" : "npx";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: "boolean" } } });
const model = path.resolve(positionals[0] ?? path.join(ROOT, "data", "models", "smollm2"));
// The compiler of the notebooks' kernel still knows the old way of finding modules.
const TSC = createRequire(import.meta.url).resolve("typescript-classic/lib/tsc");
const { devDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "logitbook-trial-"));
try {
  pack();
  install();
  step("logitbook native", NPX, ["--no-install", "logitbook", "native"]);
  step("decode with every method", process.execPath, ["decode.mjs", model]);
  const prompt = ["--model", model, "--prompt", "The sky is"];
  step("logitbook compare", NPX, [
    ...["--no-install", "logitbook", "compare", ...prompt],
    ...["--recipe", "greedy.json", "--recipe", "held.json"],
  ]);
  step("logitbook trace", NPX, ["--no-install", "logitbook", "trace", ...prompt, "--recipe", "held.json"]);
  compile("node10", "CommonJS");
  compile("nodenext", "NodeNext");
  console.log("all of it works");
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
} finally {
  if (values.keep) console.log(`kept: ${folder}`);
  else fs.rmSync(folder, { recursive: true, force: true });
}

function pack() {
  step("npm pack", NPM, ["pack", path.join(ROOT, "lib"), "--ignore-scripts", "--silent"]);
}

function install() {
  write("package.json", { private: true, type: "module" });
  write("greedy.json", { method: "greedy", maxNewTokens: 8 });
  write("held.json", { method: "greedy", constraint: { choices: [" blue.", " green."] } });
  fs.cpSync(TRIAL, folder, { recursive: true });
  const [tarball] = fs.readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const packages = [`./${tarball}`, `@types/node@${devDependencies["@types/node"]}`];
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  step("npm install", NPM, ["install", ...quiet, ...packages]);
}

/**
 * Compiles against the package's declarations, and checks those too: a type from a package that isn't installed would
 * be `any` unnoticed. TensorFlow.js's own declarations are at odds with themselves, and left aside.
 * @param {string} moduleResolution @param {string} module
 */
function compile(moduleResolution, module) {
  const options = { strict: true, esModuleInterop: true, noEmit: true, skipLibCheck: false };
  const target = { target: "es2022", lib: ["es2023", "dom"], types: ["node"], moduleResolution, module };
  write("tsconfig.json", { compilerOptions: { ...options, ...target }, files: ["types.ts"] });
  timed(`types under ${moduleResolution}`, () => {
    const { stdout, error } = spawnSync(process.execPath, [TSC, "-p", "."], {
      cwd: folder,
      encoding: "utf8",
    });
    const found = error?.message ?? stdout;
    const ours = found.split("\n").filter((line) => /^(?!node_modules.@tensorflow)\S/.test(line));
    if (ours.length > 0) throw new Error(ours.join("\n"));
  });
}

/** @param {string} name @param {unknown} value */
function write(name, value) {
  fs.writeFileSync(path.join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Runs a command in the trial's folder and shows what it prints.
 * @param {string} name @param {string} command @param {readonly string[]} args
 */
function step(name, command, args) {
  timed(name, () => {
    const { status, error } = spawnSync(command, args, { cwd: folder, stdio: "inherit" });
    if (status !== 0) throw new Error(error?.message ?? `exit status ${status}`);
  });
}

/** @param {string} name @param {() => void} run */
function timed(name, run) {
  console.log(`== ${name}`);
  const start = performance.now();
  try {
    run();
  } catch (error) {
    throw new Error(`${name} failed: ${/** @type {Error} */ (error).message}`);
  }
  console.log(`== ${name}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
