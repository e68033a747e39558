import fs from "node:fs";
import path from "node:path";
import { logFile, temporaryFolder } from "../context.mjs";
import { runCommand } from "../process.mjs";
import { fingerprintFiles, listFiles } from "../stamp.mjs";

const BUILT = "lib/dist";
const CONFIGURATION = ["tsconfig.json", "lib/package.json", "node_modules/typescript/package.json"];

/**
 * The library as JavaScript and declarations, as the notebooks import it.
 * @type {import("../runner.mjs").Step}
 */
export const library = {
  name: "library",
  title: "library",
  megabytes: 20,
  stamp: () => `${BUILT}/.setup.json`,
  key: ({ root }) => fingerprintFiles(root, [...CONFIGURATION, ...sources(root)]),
  async run(context, progress) {
    progress.update("compiling");
    const fresh = path.join(temporaryFolder(context), "dist");
    const tsc = path.join(context.root, "node_modules", "typescript", "bin", "tsc");
    await runCommand(process.execPath, [tsc, "-p", "lib", "--outDir", fresh], {
      cwd: context.root,
      env: context.env,
      ...logFile(context, "library"),
      label: "the TypeScript compiler",
      wayOut: ["correct the lines that the compiler names, and run the command again"],
    });
    const built = path.join(context.root, BUILT);
    if (fs.existsSync(built)) fs.renameSync(built, path.join(temporaryFolder(context), "dist-before"));
    fs.renameSync(fresh, built);
    return { files: [`${BUILT}/index.js`, `${BUILT}/index.d.ts`] };
  },
};

/** @param {string} root */
function sources(root) {
  const skipped = new Set(["dist", "node_modules", "bin", "web"]);
  return listFiles(root, "lib", (name) => skipped.has(name)).filter((file) => /\.(?:ts|json)$/.test(file));
}
