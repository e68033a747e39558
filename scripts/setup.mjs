// npm run setup [-- --offline --with STEP --without STEP]: does all the set-up, and nothing where all is done.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { setUp } = await import("./setup/main.mjs");
const { rest } = await setUp(process.argv.slice(2));
if (rest.length > 0) {
  console.error(`Unknown: ${rest.join(" ")}. Options are --offline, --with and --without native-tensorflow.`);
  process.exit(2);
}
