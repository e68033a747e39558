import fs from "node:fs";
import path from "node:path";
import { writeWhole } from "./stamp.mjs";

const FILE = ".setup/choices.json";

/**
 * The steps that stay out: those declined now or at an earlier time and not asked for since. Remembered for the next
 * set-up, which need not be told again.
 * @param {string} root the project's folder
 * @param {{ asked: readonly string[], declined: readonly string[] }} now
 * @returns {string[]}
 */
export function declinedSteps(root, { asked, declined }) {
  const before = readDeclined(root);
  const all = [...new Set([...before, ...declined])].filter((name) => !asked.includes(name));
  if (all.join() !== before.join()) {
    writeWhole(path.join(root, FILE), `${JSON.stringify({ declined: all }, null, 2)}\n`);
  }
  return all;
}

/** @param {string} root @returns {string[]} */
function readDeclined(root) {
  const file = path.join(root, FILE);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")).declined : [];
}
