import type { Command } from "commander";
import { compileDecoder } from "../models/native/compile.js";

const HELP = `
Models that were converted from GGUF then decode twice to three times as fast; without it onnxruntime computes them.
\`npm run setup\` in the repository does the same. A C++20 compiler is needed: g++, or the one that the environment
variable CXX names.`;

/** `logitbook native`: makes the native decoder, where the library was installed without one. */
export function addNative(program: Command): void {
  program
    .command("native")
    .description("compile the native decoder for this machine's processor")
    .addHelpText("after", HELP)
    .action(async () => {
      process.stdout.write("compiling, some ten seconds …\n");
      process.stdout.write(`compiled: ${await compileDecoder()}\n`);
    });
}
