// npm test [-- --only lint,types,lib,notebooks,setup] [--fast] [tests/decoding | 02-greedy-table]: does the set-up, then
// tests everything; with --fast, all but the tests that take the longest.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { setUp } = await import("./setup/main.mjs");
const { STAGES } = await import("./test/stages.mjs");
const { countLine, one, sum } = await import("./test/counts.mjs");
const { parseTestOptions } = await import("./test/options.mjs");

const stageNames = STAGES.map((stage) => stage.name);
const { context, rest } = await setUp(process.argv.slice(2), {
  extras: ["standard-model"],
  problemOf: (rest) => parseTestOptions(rest, stageNames).problem,
  onFailure: () => console.log("0 passed, 1 failed"),
});
const { only, filters, fast } = parseTestOptions(rest, stageNames);

const counts = [one(true)]; // the set-up itself
for (const stage of STAGES) {
  if (only.length > 0 && !only.includes(stage.name)) continue;
  console.log(`\n== ${stage.title}`);
  const started = performance.now();
  const count = await stage.run(context, filters, fast);
  counts.push(count);
  console.log(
    `== ${stage.title}: ${countLine(count)} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
}
console.log(`\n${countLine(sum(counts))}`);
process.exitCode = sum(counts).failed > 0 ? 1 : 0;
