/** What is done in the browser for a picture of a notebook. The functions given to the page run there. */
import { setTimeout as sleep } from "node:timers/promises";

/** @typedef {import("playwright-core").Page} Page */

/** JupyterLab's application, which `--expose-app-in-browser` makes reachable. */
const application = "window.jupyterapp";

/**
 * Opens a notebook alone on the page and waits for its kernel.
 * @param {Page} page
 * @param {{ url: string, token: string }} jupyter
 * @param {string} name of the notebook's file
 */
export async function openNotebook(page, { url, token }, name) {
  await page.goto(`${url}/doc/tree/${encodeURIComponent(name)}?token=${token}`);
  await page.waitForSelector(".jp-Notebook .jp-Cell", { timeout: 60_000 });
  await page.waitForFunction(`${application}?.shell.currentWidget?.sessionContext`, null, {
    timeout: 60_000,
  });
  await page.evaluate(`${application}.shell.currentWidget.sessionContext.ready`);
}

/**
 * Runs all cells.
 * @param {Page} page
 * @param {number} seconds for all of them together
 * @throws if a cell fails, since those after it are then not run
 */
export async function runAll(page, seconds) {
  const finished = page.evaluate(
    `${application}.commands.execute("notebook:run-all-cells").then(() => "done")`,
  );
  const late = sleep(seconds * 1000, "late", { ref: false });
  if ((await Promise.race([finished, late])) === "late") {
    throw new Error(`the cells ran longer than ${seconds} s: raise --timeout`);
  }
  const prompts = await page.locator(".jp-CodeCell .jp-InputPrompt").allInnerTexts();
  const missing = prompts.findIndex((prompt) => !/\d/.test(prompt));
  if (missing >= 0) throw new Error(`code cell ${missing + 1} was not run: one before it failed`);
}

/**
 * Charts follow their output by a moment; cursor and hover marks leave the picture.
 * @param {Page} page
 */
export async function settle(page) {
  await page.evaluate("document.activeElement?.blur()");
  await page.mouse.move(0, 0);
  await sleep(1500);
}

/**
 * Makes the page as high as the whole notebook.
 * @param {Page} page
 * @param {number} width
 */
export async function growToNotebook(page, width) {
  const span = /** @type {number} */ (
    await page.evaluate(`(() => {
      const cells = [...document.querySelectorAll(".jp-Notebook .jp-Cell")].map((cell) => cell.getBoundingClientRect());
      return cells.at(-1).bottom - cells[0].top;
    })()`)
  );
  // The bars above and below the notebook, and a margin.
  await page.setViewportSize({ width, height: Math.min(Math.ceil(span) + 220, 16_000) });
  await sleep(1500);
  await page.locator(".jp-Cell").first().scrollIntoViewIfNeeded();
}

/**
 * Scrolls a code cell to the top.
 * @param {Page} page
 * @param {number} cell counted from 1
 */
export async function scrollToCell(page, cell) {
  await page.evaluate(`(async () => {
    const { content } = ${application}.shell.currentWidget;
    const code = content.widgets.filter((widget) => widget.model.type === "code")[${cell - 1}];
    content.activeCellIndex = content.widgets.indexOf(code);
    code.node.scrollIntoView({ block: "start", behavior: "instant" });
  })()`);
  await sleep(1000);
}
