/**
 * Takes a picture of a notebook in JupyterLab, as a reader sees it.
 *
 *     node scripts/screenshot-notebook.mjs notebooks/02-greedy-table.ipynb picture.png --run
 *
 * Works on a copy, so the notebook stays as it is, and leaves no process behind.
 */
import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { chromiumArguments, findChromium, howToGetChromium } from "./find-chromium.mjs";
import { startJupyter } from "./screenshot/jupyter.mjs";
import { growToNotebook, openNotebook, runAll, scrollToCell, settle } from "./screenshot/page.mjs";

const usage = `usage: node scripts/screenshot-notebook.mjs NOTEBOOK OUT.png [options]
  --run              run all cells first; without it, the stored outputs are shown
  --dark             JupyterLab's dark theme
  --cell N           scroll code cell [N] to the top
  --full             the whole notebook instead of one screen
  --width PIXELS     default 1200
  --height PIXELS    default 900
  --timeout SECONDS  for all cells together, default 600`;

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      run: { type: "boolean", default: false },
      dark: { type: "boolean", default: false },
      full: { type: "boolean", default: false },
      cell: { type: "string" },
      width: { type: "string", default: "1200" },
      height: { type: "string", default: "900" },
      timeout: { type: "string", default: "600" },
    },
  });
  const [notebook, out] = positionals;
  if (!notebook || !out) throw new Error(usage);
  if (!existsSync(notebook)) throw new Error(`no notebook at ${notebook}`);
  const { width, height, timeout, cell } = values;
  const numbers = {
    width: Number(width),
    height: Number(height),
    timeout: Number(timeout),
    cell: Number(cell ?? 0),
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (!(value >= 0)) throw new Error(`--${name} must be a number`);
  }
  return { ...values, ...numbers, notebook: resolve(notebook), out };
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {import("./screenshot/jupyter.mjs").Jupyter} jupyter
 * @param {ReturnType<typeof readOptions>} options
 */
async function takePicture(browser, jupyter, options) {
  const { width, height, dark } = options;
  const colorScheme = dark ? "dark" : "light";
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 2, colorScheme });
  await openNotebook(page, jupyter, basename(options.notebook));
  if (options.run) await runAll(page, options.timeout);
  await settle(page);
  if (options.full) await growToNotebook(page, width);
  if (options.cell > 0) await scrollToCell(page, options.cell);
  await page.screenshot({ path: options.out });
}

async function main() {
  const options = readOptions();
  const executablePath = findChromium();
  if (!executablePath) throw new Error(howToGetChromium);
  const jupyter = await startJupyter(dirname(options.notebook), options);
  try {
    const browser = await chromium.launch({ executablePath, args: chromiumArguments });
    await takePicture(browser, jupyter, options).finally(() => browser.close());
  } finally {
    await jupyter.stop();
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
