// node convert-model.mjs SOURCE.gguf DIRECTORY tree,standard: converts with the built library and prints its progress.
import path from "node:path";
import { pathToFileURL } from "node:url";

const [source, directory, graphs] = process.argv.slice(2);
const module = pathToFileURL(path.join(process.cwd(), "lib", "dist", "models", "gguf", "index.js")).href;
const { convertGguf } = await import(module);

let told = -1;
await convertGguf(source, directory, {
  graphs: graphs.split(","),
  precisions: ["exact", "fast"],
  onProgress: (/** @type {number} */ done, /** @type {number} */ total) => {
    const percent = Math.floor((100 * done) / total);
    if (percent === told) return;
    told = percent;
    console.log(`progress ${percent}% of ${Math.round(total / 1e6)} MB`);
  },
});
