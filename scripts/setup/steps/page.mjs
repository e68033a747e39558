import fs from "node:fs";
import path from "node:path";
import { logFile, temporaryFolder } from "../context.mjs";
import { runCommand } from "../process.mjs";
import { fingerprintFiles, listFiles } from "../stamp.mjs";

const BUILT = "lib/dist/web";
/** Rooms of the library that the page takes types and pure functions from. */
const SHARED = ["lib/core", "lib/decoding", "lib/tokenizers", "lib/server/api"];

/**
 * The playground's page as static files, beside the compiled library.
 * @type {import("../runner.mjs").Step}
 */
export const page = {
  name: "page",
  title: "playground page",
  megabytes: 10,
  stamp: () => `${BUILT}/.setup.json`,
  key: ({ root }) =>
    fingerprintFiles(root, [
      "package-lock.json",
      ...["lib/web", ...SHARED].flatMap((folder) => listFiles(root, folder)),
    ]),
  async run(context, progress) {
    progress.update("bundling");
    const fresh = path.join(temporaryFolder(context), "web");
    const vite = path.join(context.root, "node_modules", "vite", "bin", "vite.js");
    await runCommand(process.execPath, [vite, "build", "lib/web", "--outDir", fresh], {
      cwd: context.root,
      env: context.env,
      ...logFile(context, "page"),
      label: "vite",
      wayOut: ["correct the lines that vite names, and run the command again"],
    });
    const built = path.join(context.root, BUILT);
    fs.rmSync(built, { recursive: true, force: true });
    fs.renameSync(fresh, built);
    return { files: [`${BUILT}/index.html`] };
  },
};
