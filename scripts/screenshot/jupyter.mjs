/** A JupyterLab of its own for one picture: a copy of the notebooks, its own settings, a free port. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findPython } from "../find-python.mjs";
import { freePort } from "../free-port.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * @typedef {object} Jupyter
 * @property {string} url without a token
 * @property {string} token
 * @property {() => Promise<void>} stop ends server and kernels and removes the copy
 */

/**
 * Starts JupyterLab on a copy of a folder of notebooks, from which packages and `../data` still resolve.
 * @param {string} notebooks the folder
 * @param {{ dark: boolean }} look
 * @returns {Promise<Jupyter>}
 */
export async function startJupyter(notebooks, look) {
  await mkdir(join(root, ".setup"), { recursive: true });
  const folder = await mkdtemp(join(root, ".setup", "shot-"));
  /** @type {Server | undefined} */
  let server;
  const stop = async () => {
    if (server) await stopServer(server);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await cp(notebooks, join(folder, "notebooks"), { recursive: true });
    if (existsSync(join(root, "data"))) await symlink(join(root, "data"), join(folder, "data"));
    await writeSettings(folder, look.dark);
    server = await startServer(folder);
    await answering(server);
    return { url: server.url, token: server.token, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @typedef {{ child: import("node:child_process").ChildProcess, url: string, token: string, log: () => string }} Server
 */

/**
 * The theme, no news, and every cell drawn wherever the page is scrolled.
 * @param {string} folder
 * @param {boolean} dark
 */
async function writeSettings(folder, dark) {
  const settings = {
    "apputils-extension/themes": { theme: dark ? "JupyterLab Dark" : "JupyterLab Light" },
    "apputils-extension/notification": { fetchNews: "false", checkForUpdates: false },
    "notebook-extension/tracker": { windowingMode: "none" },
  };
  for (const [name, value] of Object.entries(settings)) {
    const file = join(folder, "settings", "@jupyterlab", `${name}.jupyterlab-settings`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(value));
  }
}

/**
 * @param {string} folder
 * @returns {Promise<Server>}
 */
async function startServer(folder) {
  const [port, token] = [await freePort(), randomBytes(16).toString("hex")];
  const options = [
    ...["--no-browser", "--expose-app-in-browser", "--ServerApp.ip=127.0.0.1", `--ServerApp.port=${port}`],
    ...["--ServerApp.port_retries=0", `--ServerApp.root_dir=${join(folder, "notebooks")}`],
    ...[`--IdentityProvider.token=${token}`, ...(process.getuid?.() === 0 ? ["--allow-root"] : [])],
  ];
  const own = {
    JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_DATA_DIR: join(folder, "jupyter-data"),
  };
  const child = spawn(findPython(), ["-m", "jupyterlab", ...options], {
    env: { ...process.env, ...own },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (text) => {
    log = (log + text).slice(-4000);
  });
  return { child, token, url: `http://127.0.0.1:${port}`, log: () => log };
}

/** @param {Server} server */
async function answering({ child, url, token, log }) {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`JupyterLab ended:\n${log()}`);
    const answer = await fetch(`${url}/api/status?token=${token}`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error(`JupyterLab didn't answer within a minute:\n${log()}`);
}

/**
 * JupyterLab ends its kernels when asked to shut down; one that hangs is killed.
 * @param {Server} server
 */
async function stopServer({ child, url, token }) {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  await fetch(`${url}/api/shutdown?token=${token}`, { method: "POST" }).catch(() => child.kill());
  const impatience = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await ended;
  clearTimeout(impatience);
}
