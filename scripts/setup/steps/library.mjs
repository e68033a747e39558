import { buildAfresh } from "../build.mjs";
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
    await buildAfresh(context, {
      name: "library",
      label: "the TypeScript compiler",
      script: "typescript/bin/tsc",
      args: ["-p", "lib"],
      built: BUILT,
    });
    return { files: [`${BUILT}/index.js`, `${BUILT}/index.d.ts`] };
  },
};

/** @param {string} root */
function sources(root) {
  const skipped = new Set(["dist", "node_modules", "bin", "web"]);
  return listFiles(root, "lib", (name) => skipped.has(name)).filter((file) => /\.(?:ts|json)$/.test(file));
}
