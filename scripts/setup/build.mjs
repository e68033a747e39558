import fs from "node:fs";
import path from "node:path";
import { logFile, temporaryFolder } from "./context.mjs";
import { runCommand } from "./process.mjs";

/**
 * Runs a compiler into a fresh folder, and puts what it made in the place of what was there: whoever reads the folder
 * finds the old or the new, and a stopped build leaves the old.
 * @param {import("./context.mjs").Context} context
 * @param {{ name: string, label: string, script: string, args: readonly string[], built: string }} build
 *   the log's name, the compiler's in messages, its script in node_modules, its arguments before the folder, and what
 *   it builds, from the project's folder
 */
export async function buildAfresh(context, { name, label, script, args, built }) {
  const fresh = path.join(temporaryFolder(context), name);
  await runCommand(
    process.execPath,
    [path.join(context.root, "node_modules", script), ...args, "--outDir", fresh],
    {
      cwd: context.root,
      env: context.env,
      ...logFile(context, name),
      label,
      wayOut: [`correct the lines that ${label} names, and run the command again`],
    },
  );
  const place = path.join(context.root, built);
  if (fs.existsSync(place)) fs.renameSync(place, path.join(temporaryFolder(context), `${name}-before`));
  fs.renameSync(fresh, place);
}
