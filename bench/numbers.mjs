/**
 * Reads a whole number from 1 off the command line; ends the process with code 2 for anything else.
 * @param {string} option @param {string} text
 */
export function wholeNumber(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  process.stderr.write(`--${option} must be a whole number from 1, but is ${text}\n`);
  process.exit(2);
}
