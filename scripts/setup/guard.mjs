// node guard.mjs COMMAND ARGS...: runs a command that must not outlive the process that started this one.
// Killed outright, a parent can no longer stop its children; this guard notices its closed channel and does.
import { spawn } from "node:child_process";

const ownGroup = process.platform !== "win32";
const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], detached: ownGroup });

/** Ends the command and everything it started. */
function killAll() {
  try {
    if (child.pid !== undefined) process.kill(ownGroup ? -child.pid : child.pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}

process.on("disconnect", () => {
  killAll();
  process.exit(1);
});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, killAll);
child.on("error", (error) =>
  finish({ error: /** @type {NodeJS.ErrnoException} */ (error).code ?? error.message }),
);
child.on("exit", (code, signal) => finish({ code, signal }));

/** @param {object} outcome */
function finish(outcome) {
  if (process.connected) process.send?.(outcome, () => process.exit(0));
  else process.exit(1);
}
