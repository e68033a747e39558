import { spawn } from "node:child_process";
import path from "node:path";

/**
 * Environment variables under which Jupyter reads this project's configuration and its environment's, and writes
 * nothing into anybody's home.
 * @param {import("./context.mjs").Context} context
 * @returns {NodeJS.ProcessEnv}
 */
export function jupyterVariables(context) {
  const own = (/** @type {string[]} */ ...parts) => path.join(context.root, ".setup", "jupyter", ...parts);
  return {
    ...context.env,
    JUPYTER_CONFIG_PATH: path.join(context.root, "scripts", "jupyter"),
    JUPYTER_CONFIG_DIR: own("config"),
    JUPYTER_DATA_DIR: own("data"),
    JUPYTER_RUNTIME_DIR: own("runtime"),
    JUPYTER_PREFER_ENV_PATH: "1",
    JUPYTER_PLATFORM_DIRS: "1",
    // IPython warns where the folder above its own does not exist yet.
    IPYTHONDIR: path.join(context.root, ".setup", "ipython"),
    PYTHONNOUSERSITE: "1",
  };
}

/**
 * JupyterLab on notebooks/, with what a person adds; its token and its loopback address stay as they are.
 * @param {import("./context.mjs").Context} context
 * @param {readonly string[]} added
 */
export function jupyterArguments(context, added) {
  const root = `--ServerApp.root_dir=${path.join(context.root, "notebooks")}`;
  const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : []; // in a container there is no other user
  return ["-m", "jupyterlab", root, ...asRoot, ...added];
}

/**
 * Runs JupyterLab in the foreground until it ends.
 * @param {import("./context.mjs").Context} context @param {readonly string[]} added
 * @returns {Promise<number>} its exit code
 */
export async function openJupyterLab(context, added) {
  const python = context.python?.python ?? "python3";
  const child = spawn(python, jupyterArguments(context, added), {
    env: jupyterVariables(context),
    stdio: "inherit",
  });
  process.removeAllListeners("SIGINT").on("SIGINT", () => {}); // the terminal has told JupyterLab too, which asks back
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) {
    process.removeAllListeners(signal).on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
