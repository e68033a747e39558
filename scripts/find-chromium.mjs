/** Finds a Chromium for pictures and browser tests. None is downloaded: whoever wants one has the choice. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"];
const endings = process.platform === "win32" ? [".exe"] : [""];

/** What to do where none is found. */
export const howToGetChromium =
  "no Chromium found: `npx playwright-core install chromium` downloads one, Debian and Ubuntu have it as " +
  "`apt-get install chromium`, and CHROME_PATH names one that lies elsewhere";

/** Without these, a browser in a container or without a screen fails to start or asks the network for news. */
export const chromiumArguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

/** Path of a Chromium: CHROME_PATH, then PATH, then Playwright's own download. Undefined if there is none. */
export function findChromium(environment = process.env) {
  if (environment.CHROME_PATH)
    return existsSync(environment.CHROME_PATH) ? environment.CHROME_PATH : undefined;
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = names.flatMap((name) =>
    folders.flatMap((folder) => endings.map((end) => join(folder, name + end))),
  );
  return [...candidates, chromium.executablePath()].find((path) => existsSync(path));
}
