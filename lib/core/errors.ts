/** Base of the errors that this library throws on purpose: the message says what to do about it. */
export class LogitbookError extends Error {
  override readonly name: string = "LogitbookError";
}

/** Thrown when a caller passes an option outside its documented range. */
export class OptionError extends LogitbookError {
  override readonly name = "OptionError";
  constructor(
    readonly option: string,
    readonly value: unknown,
    readonly expected: string,
  ) {
    super(`\`${option}\` must be ${expected}, but is ${describe(value)}`);
  }
}

/** Thrown when a prompt can't be fed to a model: empty, too long, or with tokens it doesn't have. */
export class PromptError extends LogitbookError {
  override readonly name = "PromptError";
}

/** Thrown when scores leave nothing to choose from: NaN, or every token ruled out. */
export class LogitsError extends LogitbookError {
  override readonly name = "LogitsError";
}

/** Thrown when a model can't be found, read, downloaded or run. */
export class ModelError extends LogitbookError {
  override readonly name = "ModelError";
  constructor(
    readonly model: string,
    /** The message without the model's name in front. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`model \`${model}\`: ${reason}`, options);
  }
}

/** Thrown when a text to train on can't be found, read, decoded or used. */
export class CorpusError extends LogitbookError {
  override readonly name = "CorpusError";
  constructor(
    readonly corpus: string,
    /** The message without the corpus's name in front. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`corpus \`${corpus}\`: ${reason}`, options);
  }
}

/** Thrown when a `tokenizer.json` can't be read, or asks for rules that are not known here. */
export class TokenizerError extends LogitbookError {
  override readonly name = "TokenizerError";
  constructor(
    readonly file: string,
    /** The message without the file's name in front. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`tokenizer \`${file}\`: ${reason}`, options);
  }
}

/** Thrown for a configuration file that breaks a rule: says where, what and how it should be. */
export class ConfigError extends LogitbookError {
  override readonly name = "ConfigError";
  constructor(
    /** The file, or the argument, that the configuration came from. */
    readonly source: string,
    /** Counted from 1; undefined where no line can be named. */
    readonly line: number | undefined,
    /** The message without its place in front. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${source}${line === undefined ? "" : `:${line}`}: ${reason}`, options);
  }
}

/** Thrown when training can't go on: a loss that is no number, or a run folder that is none. */
export class TrainingError extends LogitbookError {
  override readonly name = "TrainingError";
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return JSON.stringify(value).slice(0, 200);
  return String(value);
}
