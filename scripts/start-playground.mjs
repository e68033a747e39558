/** The playground as a user starts it, for what looks at its page in a browser: tests, pictures and the bench. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Starts `logitbook play`, and waits until it serves.
 * @param {readonly string[]} options its models and options; without `--port`, it takes the program's
 * @returns {Promise<{ child: import("node:child_process").ChildProcess, url: string }>}
 * @throws if it ends before it serves
 */
export async function startPlayground(options) {
  const child = spawn(process.execPath, ["lib/bin/logitbook.mjs", "play", ...options], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /^http:\S+/.exec(line) ?? [];
    if (url !== undefined) return { child, url };
  }
  throw new Error("the server ended before it served");
}

/**
 * The address behind `#` that opens a room: what the page's own `toHash` writes, for scripts in plain Node.
 * @param {string} room
 * @param {object} state the fields of a replay besides the room
 */
export function addressOf(room, state) {
  return `#/${room}/${Buffer.from(JSON.stringify(state)).toString("base64url")}`;
}
