import { parseSpecifiers } from "./version.mjs";

/**
 * @typedef {import("./version.mjs").Specifier} Specifier
 * @typedef {{ name: string, specifiers: Specifier[] }} Requirement
 * @typedef {object} EnvironmentFile
 * @property {string} name
 * @property {string[]} channels
 * @property {Specifier[]} python bounds on Python itself
 * @property {Requirement[]} packages what pip installs, conda's and pip's entries alike
 */

/** Thrown for a line of environment.yml outside the part of YAML that is understood here. */
export class EnvironmentFileError extends Error {
  /** @param {number} line counted from 1 @param {string} message */
  constructor(line, message) {
    super(`environment.yml, line ${line}: ${message}`);
    this.name = "EnvironmentFileError";
  }
}

const FIELDS = ["name", "channels", "dependencies"];
const PACKAGE = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(.*)$/;

/**
 * Reads conda's environment.yml. Understood: comments, `name: text`, and lists of plain entries under `channels`,
 * `dependencies` and, inside the latter, `- pip:`. Everything else is an error that names the line.
 * @param {string} text
 * @returns {EnvironmentFile}
 */
export function parseEnvironmentFile(text) {
  /** @type {EnvironmentFile} */
  const file = { name: "", channels: [], python: [], packages: [] };
  let field = "";
  let pipIndent = -1;
  let dependencies = false;
  for (const { line, indent, content } of contentLines(text)) {
    const key = /^([A-Za-z_]+):\s*(.*)$/.exec(content);
    if (indent === 0 && !content.startsWith("-")) {
      if (!key) throw new EnvironmentFileError(line, `expected \`field: value\`, but found \`${content}\``);
      field = startField(file, line, key[1], key[2]);
      dependencies ||= field === "dependencies";
      pipIndent = -1;
      continue;
    }
    if (!content.startsWith("- ") || field === "") {
      throw new EnvironmentFileError(line, `expected a list entry \`- value\`, but found \`${content}\``);
    }
    const entry = unquote(content.slice(2).trim());
    if (pipIndent >= 0 && indent <= pipIndent) pipIndent = -1;
    if (field === "channels") file.channels.push(entry);
    else if (entry === "pip:") pipIndent = indent;
    else addPackage(file, line, entry);
  }
  if (!dependencies) throw new EnvironmentFileError(1, "the field `dependencies` is missing");
  return file;
}

/** @param {string} text @returns {{ line: number, indent: number, content: string }[]} */
function contentLines(text) {
  return text.split(/\r?\n/).flatMap((raw, i) => {
    if (/^\s*\t/.test(raw)) throw new EnvironmentFileError(i + 1, "a tab; YAML indents with spaces");
    const content = raw.replace(/(^|\s)#.*$/, "").trimEnd();
    if (content.trim() === "") return [];
    return [{ line: i + 1, indent: content.search(/\S/), content: content.trim() }];
  });
}

/** @param {EnvironmentFile} file @param {number} line @param {string} key @param {string} value */
function startField(file, line, key, value) {
  if (!FIELDS.includes(key)) {
    throw new EnvironmentFileError(line, `unknown field \`${key}\`; known are ${FIELDS.join(", ")}`);
  }
  if (key === "name") {
    if (value === "") throw new EnvironmentFileError(line, "`name` has no value");
    file.name = unquote(value);
    return "";
  }
  if (value !== "") throw new EnvironmentFileError(line, `\`${key}\` must be a list, one \`- entry\` a line`);
  return key;
}

/** @param {EnvironmentFile} file @param {number} line @param {string} entry */
function addPackage(file, line, entry) {
  const match = PACKAGE.exec(entry);
  if (!match) throw new EnvironmentFileError(line, `\`${entry}\` names no package`);
  const name = match[1].toLowerCase();
  try {
    const specifiers = parseSpecifiers(match[2]);
    if (name === "python") file.python.push(...specifiers);
    else file.packages.push({ name, specifiers });
  } catch (error) {
    throw new EnvironmentFileError(line, `in \`${entry}\`: ${/** @type {Error} */ (error).message}`);
  }
}

/** @param {string} value */
function unquote(value) {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

/**
 * The same requirement in pip's words: conda's `=4.6` means any 4.6.
 * @param {Requirement} requirement
 */
export function pipRequirement({ name, specifiers }) {
  return (
    name + specifiers.map((s) => (s.operator === "=" ? `==${s.version}.*` : s.operator + s.version)).join(",")
  );
}
