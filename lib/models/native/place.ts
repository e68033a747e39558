import { createRequire } from "node:module";
import path from "node:path";

/** The folder of the sources, of which `compileDecoder` makes the module. */
export function sourceDirectory(): string {
  const require = createRequire(import.meta.url);
  return path.join(path.dirname(require.resolve("logitbook/package.json")), "native");
}

/** Where a module is, once it is compiled. */
export function modulePath(name: "decoder" | "training" = "decoder"): string {
  return path.join(sourceDirectory(), "build", `${name}.node`);
}
