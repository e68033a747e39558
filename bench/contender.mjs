import { spawn } from "node:child_process";
import readline from "node:readline";

/** A line of this kind is an answer; whatever else a contender's libraries print is passed over. */
const ANSWER = "answer ";
/** What a contender wrote last on stderr goes into the message if it fails. */
const TAIL = 2000;

/**
 * One contender in a process of its own. It loads once, answers one task at a time, and waits for the next without
 * using the processor. It ends when its input does, and so with this process too.
 */
export class Contender {
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void } | undefined} */
  #waiting;
  #tail = "";
  #gone = "";

  /** @param {string} name @param {string} command @param {readonly string[]} args */
  constructor(name, command, args) {
    this.name = name;
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
    this.child.stderr.on("data", (text) => {
      this.#tail = (this.#tail + text).slice(-TAIL);
    });
    this.child.stdin.on("error", () => {}); // a contender that dies is told of by "close"
    readline.createInterface({ input: this.child.stdout }).on("line", (line) => {
      if (line.startsWith(ANSWER)) this.#settle(JSON.parse(line.slice(ANSWER.length)));
    });
    this.child.on("error", (error) => this.#fail(error.message));
    this.child.on("close", (code, signal) => this.#fail(`it ended with ${signal ?? `code ${code}`}`));
  }

  /**
   * @param {object} task
   * @returns {Promise<any>} what the contender answers
   * @throws {Error} if it fails or ends
   */
  ask(task) {
    if (this.#gone) return Promise.reject(this.#error(this.#gone));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.child.stdin.write(`${JSON.stringify(task)}\n`);
    });
  }

  /** Waits until the process is gone. */
  async stop() {
    this.child.stdin.end();
    await this.ended;
  }

  /** @param {any} answer */
  #settle(answer) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (typeof answer.error === "string") waiting?.reject(this.#error(answer.error));
    else waiting?.resolve(answer);
  }

  /** @param {string} reason */
  #fail(reason) {
    this.#gone ||= reason;
    this.#waiting?.reject(this.#error(this.#gone));
    this.#waiting = undefined;
  }

  /** @param {string} reason */
  #error(reason) {
    return new Error(`${this.name} failed: ${reason}${this.#tail ? `\n${this.#tail.trimEnd()}` : ""}`);
  }
}
