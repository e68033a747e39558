import { buildAfresh } from "../build.mjs";
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
    await buildAfresh(context, {
      name: "page",
      label: "vite",
      script: "vite/bin/vite.js",
      args: ["build", "lib/web"],
      built: BUILT,
    });
    return { files: [`${BUILT}/index.html`] };
  },
};
