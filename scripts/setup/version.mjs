/**
 * @typedef {{ operator: string, version: string }} Specifier one bound on a version, such as `>=` and `4.6`
 */

const SPECIFIER = /^(===|==|!=|<=|>=|~=|=|<|>)\s*(\d+(?:\.\d+)*(?:\.\*)?)$/;

/**
 * Reads bounds such as `>=4.6,<4.7`.
 * @param {string} text
 * @returns {Specifier[]}
 * @throws {RangeError} for what is no bound
 */
export function parseSpecifiers(text) {
  if (text.trim() === "") return [];
  return text.split(",").map((part) => {
    const match = SPECIFIER.exec(part.trim());
    if (!match) throw new RangeError(`\`${part.trim()}\` is no version bound; write one such as >=4.6`);
    return { operator: match[1], version: match[2] };
  });
}

/**
 * Whether a version is within all the bounds. What follows the release number (rc1, .post2) does not count.
 * @param {string} version
 * @param {readonly Specifier[]} specifiers
 */
export function satisfies(version, specifiers) {
  return specifiers.every((bound) => within(release(version), bound));
}

/** @param {string} version */
function release(version) {
  return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
}

/** @param {number[]} has @param {Specifier} bound */
function within(has, { operator, version }) {
  const wanted = release(version);
  const order = compare(has, wanted);
  const samePrefix = compare(has.slice(0, wanted.length), wanted) === 0;
  const fuzzy = version.endsWith(".*") || operator === "=";
  if (operator === "~=")
    return order >= 0 && compare(has.slice(0, wanted.length - 1), wanted.slice(0, -1)) === 0;
  if (operator === "!=") return !(fuzzy ? samePrefix : order === 0);
  if (operator === ">=") return order >= 0;
  if (operator === "<=") return order <= 0;
  if (operator === ">") return order > 0;
  if (operator === "<") return order < 0;
  return fuzzy ? samePrefix : order === 0;
}

/**
 * Negative, zero or positive; a missing part counts as 0.
 * @param {number[]} a
 * @param {number[]} b
 */
function compare(a, b) {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
