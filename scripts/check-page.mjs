// node scripts/check-page.mjs: checks the types of the playground's page. Vue's checker needs a TypeScript that is
// written in JavaScript, which the compiler of everything else no longer is.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
process.argv.push("-p", "lib/web", "--noEmit");
require("vue-tsc").run(require.resolve("typescript-classic/lib/tsc"));
