/**
 * A failure that a person can do something about: what is wrong, what was tried, and the ways out.
 */
export class SetupError extends Error {
  /**
   * @param {string} problem one sentence
   * @param {{ tried?: string, details?: readonly string[], wayOut: readonly string[], cause?: unknown }} more
   */
  constructor(problem, more) {
    super(problem, { cause: more.cause });
    this.name = "SetupError";
    this.tried = more.tried;
    this.details = more.details ?? [];
    this.wayOut = more.wayOut;
  }

  /** The whole story, indented below the line that names the step. */
  describe() {
    return [
      `  ${this.message}`,
      ...(this.tried ? [`  Tried:   ${this.tried}`] : []),
      ...this.details.map((line) => `  |  ${line}`),
      ...this.wayOut.map((way, i) => `  ${i === 0 ? "Way out:" : "     or:"} ${way}`),
    ].join("\n");
  }
}

/**
 * Any failure as one that a person can act on.
 * @param {unknown} error
 * @returns {SetupError}
 */
export function explain(error) {
  if (error instanceof SetupError) return error;
  const code = /** @type {NodeJS.ErrnoException} */ (error)?.code;
  const message = error instanceof Error ? error.message : String(error);
  if (code === "ENOSPC" || code === "EDQUOT") return noSpace(message, error);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new SetupError(`A file may not be written: ${message}`, {
      wayOut: [
        "run the command as the owner of this folder, or copy the project to a folder that you may write to",
      ],
      cause: error,
    });
  }
  const details = error instanceof Error && error.stack ? error.stack.split("\n").slice(1, 6) : [];
  return new SetupError(`Unexpected: ${message}`, {
    details: details.map((line) => line.trim()),
    wayOut: ["run the command again: it goes on where it stopped", "report this message as an issue"],
    cause: error,
  });
}

/** @param {string} tried @param {unknown} [cause] */
export function noSpace(tried, cause) {
  return new SetupError("The disk is full.", {
    tried,
    wayOut: [
      "free some space (a full set-up needs about 1.5 GB) and run the command again: it goes on where it stopped",
    ],
    cause,
  });
}
