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

/** Thrown for an option that this kind of model has no use for; another may have. An `OptionError` by its name too. */
export class UnusedOptionError extends OptionError {}

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

/** A value as messages show it, whatever a caller passed. */
function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) return String(value);
  const text = asJson(value);
  return typeof value === "string" || text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

const LONGEST = 200;

/** What JSON has no way to write is written as JavaScript does; a circle is only named. */
function asJson(value: unknown): string {
  const plain = (_: string, part: unknown) =>
    typeof part === "bigint" || (typeof part === "number" && !Number.isFinite(part)) ? String(part) : part;
  try {
    return JSON.stringify(value, plain);
  } catch {
    return "an object that holds itself";
  }
}
