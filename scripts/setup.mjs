// npm run setup [-- --offline --with STEP --without STEP]: does all the set-up, and nothing where all is done.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { setUp } = await import("./setup/main.mjs");
await setUp(process.argv.slice(2), {
  problemOf: (rest) => {
    if (rest.length === 0) return undefined;
    return `Unknown: ${rest.join(" ")}. Options are --offline, --with and --without native-tensorflow or native-decoder.`;
  },
});
