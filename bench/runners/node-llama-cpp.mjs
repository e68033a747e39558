// node node-llama-cpp.mjs PACKAGE_FOLDER MODEL.gguf: llama.cpp on the CPU, through its Node.js binding.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Stopwatch, serve } from "./serve.mjs";

const [folder = "", modelPath = ""] = process.argv.slice(2);
const { version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
const { getLlama } = await import(pathToFileURL(path.join(folder, "dist", "index.js")).href);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath });
// Its default is more threads than a small machine has cores, and its threads wait by spinning.
const context = await model.createContext({ contextSize: 2048, threads: llama.cpuMathCores });
const sequence = context.getSequence();

await serve({
  hello: async () => ({ version: `node-llama-cpp ${version}` }),
  decode: async ({ prompt, newTokens }) => {
    await sequence.clearHistory();
    const watch = new Stopwatch();
    let left = newTokens;
    for await (const _ of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
      watch.tick();
      if (--left === 0) break;
    }
    return watch.reading();
  },
});
await llama.dispose();
