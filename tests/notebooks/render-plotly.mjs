/**
 * Draws Plotly figures as PNG pictures with the plotly.js of this project in a headless Chromium.
 *
 * Reads a JSON list of figures `{data, layout, config}` on stdin and writes a JSON list of base64 strings.
 * Exit 3 with the way out on stderr where no Chromium is found, 1 where a figure can't be drawn.
 */
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { chromium } from "playwright-core";
import { chromiumArguments, findChromium, howToGetChromium } from "../../scripts/find-chromium.mjs";

const plotly = createRequire(import.meta.url).resolve("plotly.js");
/** The ink and paper of a picture: it stands on the white of a code host or of a page in print. */
const page = '<body style="margin:0;color:#1f1f1f;background:#fff"><div id="figure"></div></body>';
async function draw(tab, figure) {
  const { width = 700, height = 394 } = { ...figure.layout?.template?.layout, ...figure.layout };
  await tab.setViewportSize({ width: Math.ceil(width), height: Math.ceil(height) });
  await tab.evaluate(async ({ data, layout, config }) => {
    await window.Plotly.newPlot("figure", data, layout, { ...config, staticPlot: true, responsive: false });
  }, figure);
  const picture = await tab.screenshot({ clip: { x: 0, y: 0, width, height } });
  return picture.toString("base64");
}

async function drawAll(figures, executablePath) {
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  try {
    // One pixel each: readers' programs show a picture at its natural size, and one of twice the density too large.
    const tab = await browser.newPage({ deviceScaleFactor: 1, colorScheme: "light" });
    await tab.setContent(page);
    await tab.addScriptTag({ path: plotly });
    const pictures = [];
    for (const figure of figures) pictures.push(await draw(tab, figure));
    return pictures;
  } finally {
    await browser.close();
  }
}

const executablePath = findChromium();
if (executablePath === undefined) {
  console.error(howToGetChromium);
  process.exitCode = 3;
} else {
  process.stdout.write(JSON.stringify(await drawAll(JSON.parse(await text(process.stdin)), executablePath)));
}
