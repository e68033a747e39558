// npm start [-- --offline, and any option of JupyterLab]: does the set-up, then opens JupyterLab on notebooks/.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { setUp } = await import("./setup/main.mjs");
const { openJupyterLab } = await import("./setup/jupyter.mjs");
const { context, rest } = await setUp(process.argv.slice(2));
process.exitCode = await openJupyterLab(context, rest);
