// Loaded before anything else, so it must run on Nodes far older than the one it asks for.
/** The oldest Node.js this project runs on. */
export const OLDEST_NODE = "20.19.0";

/**
 * What is wrong with this Node.js, and the way out; nothing if it is new enough.
 * @param {string} version such as 20.19.0
 * @returns {string | undefined}
 */
export function nodeProblem(version) {
  const has = version.split(".").map(Number);
  const needs = OLDEST_NODE.split(".").map(Number);
  const first = [0, 1, 2].find((i) => has[i] !== needs[i]);
  if (first === undefined || has[first] > needs[first]) return undefined;
  return [
    `Node.js ${version} is too old: this project needs ${OLDEST_NODE} or later (20, 22 and 24 are tested).`,
    `  Tried:   ${process.execPath}`,
    "  Way out: install a current Node.js (its site, your system's packages, or nvm: `nvm install 24`) and run the command again.",
  ].join("\n");
}

/** Ends the process with a message if this Node.js is too old. */
export function requireNode() {
  const problem = nodeProblem(process.versions.node);
  if (problem === undefined) return;
  console.error(problem);
  process.exit(1);
}
