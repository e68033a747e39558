const FRAME_MS = 100;
/** Without a terminal a long step says this often that it is alive. */
const PLAIN_MS = 15_000;

/**
 * Where set-up tells what it does: one line that updates on a terminal, plain lines elsewhere, colour only on a
 * terminal that wants it.
 */
export class Progress {
  /** @param {{ stream?: NodeJS.WriteStream, env?: NodeJS.ProcessEnv }} [options] */
  constructor({ stream = process.stderr, env = process.env } = {}) {
    this.stream = stream;
    this.isTerminal = stream.isTTY === true && env.TERM !== "dumb" && !env.CI;
    this.hasColour = this.isTerminal && !env.NO_COLOR;
    this.title = "";
    this.detail = "";
    this.started = 0;
    this.lastPlain = 0;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
  }

  /**
   * Starts a step.
   * @param {string} title
   */
  begin(title) {
    this.title = title;
    this.detail = "";
    this.started = performance.now();
    this.lastPlain = this.started;
    if (this.isTerminal) this.timer = setInterval(() => this.#draw(), FRAME_MS);
    else this.line(`  ${title} ...`);
    this.timer?.unref();
  }

  /**
   * Tells how far the step is.
   * @param {string} detail such as `212 of 300 MB`
   */
  update(detail) {
    this.detail = detail;
    if (this.isTerminal || performance.now() - this.lastPlain < PLAIN_MS) return;
    this.lastPlain = performance.now();
    this.line(`  ${this.title}: ${detail} (${this.#seconds()})`);
  }

  /**
   * Ends the step well.
   * @param {string} [note] what there is to say about it
   */
  done(note) {
    this.#end(this.#paint("32", "done"), note);
  }

  /** Ends the step with a failure. */
  failed() {
    this.#end(this.#paint("31", "failed"));
  }

  /**
   * Ends a step that the project can do without.
   * @param {string} note
   */
  skipped(note) {
    this.#end(this.#paint("33", "skipped"), note);
  }

  /**
   * One line of its own, above the updating one.
   * @param {string} text
   */
  line(text) {
    this.#clear();
    this.stream.write(`${text}\n`);
  }

  /** Takes down what is still on the line. */
  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.#clear();
  }

  /** @param {string} word @param {string} [note] */
  #end(word, note) {
    this.stop();
    const title = this.title.padEnd(26);
    this.stream.write(
      `  ${title} ${word.padStart(4)} ${this.#seconds().padStart(8)}${note ? `  ${note}` : ""}\n`,
    );
  }

  #draw() {
    const width = Math.max(20, (this.stream.columns ?? 80) - 1);
    const text = `  ${this.title.padEnd(26)}      ${this.#seconds().padStart(8)}  ${this.detail}`;
    this.stream.write(`\r\x1b[2K${text.slice(0, width)}`);
  }

  #clear() {
    if (this.isTerminal) this.stream.write("\r\x1b[2K");
  }

  #seconds() {
    return `${((performance.now() - this.started) / 1000).toFixed(1)} s`;
  }

  /** @param {string} code @param {string} text */
  #paint(code, text) {
    return this.hasColour ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}
