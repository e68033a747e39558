import fs from "node:fs";
import path from "node:path";

/**
 * How to start the npm that belongs to this Node.js, without a shell.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ command: string, args: string[] }}
 */
export function npmCommand(env) {
  const folder = path.dirname(process.execPath);
  const candidates = [
    env.npm_execpath ?? "",
    path.join(folder, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(folder, "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  const script = candidates.find((file) => path.basename(file) === "npm-cli.js" && fs.existsSync(file));
  return script ? { command: process.execPath, args: [script] } : { command: "npm", args: [] };
}

/** Options that every call of npm here shares: no scripts, and words even where `npm --silent` started this. */
export const NPM_OPTIONS = [
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--no-update-notifier",
  "--no-progress",
  "--loglevel=notice",
];

/**
 * Makes npm and pip give up on a dead network within seconds, where a person has not set otherwise.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withShortWaits(env) {
  return {
    npm_config_fetch_retries: "2",
    npm_config_fetch_retry_mintimeout: "1000",
    npm_config_fetch_retry_maxtimeout: "5000",
    PIP_RETRIES: "2",
    ...env,
  };
}
