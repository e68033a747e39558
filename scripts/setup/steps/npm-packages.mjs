import fs from "node:fs";
import path from "node:path";
import { logFile } from "../context.mjs";
import { SetupError } from "../errors.mjs";
import { missingBinaries, thisPlatform } from "../locked-packages.mjs";
import { NPM_OPTIONS, npmCommand } from "../npm.mjs";
import { runCommand } from "../process.mjs";
import { SLIM_VERSION, slim } from "../slim.mjs";
import { fingerprint, fingerprintFiles } from "../stamp.mjs";

const SOURCES = [
  "package.json",
  "package-lock.json",
  "lib/package.json",
  ".npmrc",
  "scripts/shims/tfjs-node/package.json",
];

/**
 * The npm packages of the lock file, without what no one loads on this platform.
 * @type {import("../runner.mjs").Step}
 */
export const npmPackages = {
  name: "npm-packages",
  title: "npm packages",
  megabytes: 1300,
  stamp: () => "node_modules/.setup.json",
  key: ({ root }) =>
    fingerprint(fingerprintFiles(root, SOURCES), process.platform, process.arch, SLIM_VERSION),
  async run(context, progress) {
    const npm = npmCommand(context.env);
    let fetched = 0;
    await runCommand(
      npm.command,
      [...npm.args, "ci", ...NPM_OPTIONS, "--loglevel=http", ...(context.offline ? ["--offline"] : [])],
      {
        cwd: context.root,
        env: context.env,
        ...logFile(context, "npm-packages"),
        label: "npm",
        noise: /^npm http/,
        onLine: (line) => {
          if (/^npm http fetch GET 200 .*\.tgz/.test(line)) progress.update(`${++fetched} packages fetched`);
        },
        wayOut: [
          context.offline
            ? "run the command once without --offline"
            : "check the network, the proxy and npm's registry (`npm ping`), and run the command again",
          "without a network: copy node_modules and lib/node_modules from a machine of the same kind where set-up is done",
        ],
      },
    );
    checkComplete(context);
    progress.update("removing what this platform never loads");
    const removed = slim(path.join(context.root, "node_modules"));
    fs.rmSync(path.join(context.root, "node_modules", ".vite"), { recursive: true, force: true });
    return {
      files: [
        "node_modules/.package-lock.json",
        "node_modules/tslab/bin/tslab",
        "node_modules/typescript/package.json",
      ],
      note: `${Math.round(removed / 1e6)} MB not needed here removed`,
    };
  },
};

/** @param {import("../context.mjs").Context} context */
function checkComplete(context) {
  const list = "node_modules/.package-lock.json"; // npm writes it last, and does not tell if it could not
  const missing = fs.existsSync(path.join(context.root, list))
    ? missingBinaries(context.root, thisPlatform())
    : [list];
  if (missing.length === 0) return;
  throw new SetupError("npm ended without an error, but left out what is needed here.", {
    tried: missing.join(", "),
    wayOut: [
      "run the command again: the registry may have failed for a moment",
      "use another registry, that has them",
    ],
  });
}
