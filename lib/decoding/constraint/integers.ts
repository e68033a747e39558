import { OptionError } from "../../core/errors.js";

/** The most integers that are listed one by one. */
const MOST = 4096;

const BOUNDS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] as const;

/** Open ranges that the engine holds to; with others, as with many closed ones, it lets wrong integers pass. */
const OPEN = [{ minimum: 0 }, { minimum: 1 }, { maximum: 0 }, { maximum: -1 }] as const;

/**
 * Bounds of an integer as the engine can be trusted with them: few integers are listed, and beyond the safe integers,
 * where JavaScript can't tell them apart, there is no bound.
 * @throws OptionError for bounds that can't be held to
 */
export function integerBounds(fields: ReadonlyMap<string, unknown>, place: string): [string, unknown][] {
  const others = [...fields].filter(([name]) => !BOUNDS.includes(name as (typeof BOUNDS)[number]));
  const given = BOUNDS.find((name) => fields.has(name));
  if (given === undefined) return others;
  const value = fields.get(given);
  if (fields.get("type") !== "integer") {
    const rule = 'left out unless `type` is "integer": bounds of other numbers can\'t be held to';
    throw new OptionError(`${place}.${given}`, value, rule);
  }
  const [low, high] = [lowest(fields, place), highest(fields, place)];
  if (low > high) throw new OptionError(`${place}.${given}`, value, "part of a range that is not empty");
  if (high - low < MOST) {
    const integers = Array.from({ length: high - low + 1 }, (_, index) => low + index);
    return [...others.filter(([name]) => name !== "type"), ["enum", integers]];
  }
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return others;
  const open = OPEN.find((bound) =>
    "minimum" in bound
      ? bound.minimum === low && high === Number.POSITIVE_INFINITY
      : bound.maximum === high && low === Number.NEGATIVE_INFINITY,
  );
  if (open !== undefined) return [...others, ...Object.entries(open)];
  const rule = `part of a range of at most ${MOST} integers, or from 0, from 1, to 0 or to -1 without another bound`;
  throw new OptionError(`${place}.${given}`, value, rule);
}

function lowest(fields: ReadonlyMap<string, unknown>, place: string): number {
  const [from, above] = [numberOf(fields, "minimum", place), numberOf(fields, "exclusiveMinimum", place)];
  const low = Math.max(Math.ceil(from ?? -Infinity), Math.floor(above ?? -Infinity) + 1);
  return low <= Number.MIN_SAFE_INTEGER ? -Infinity : low;
}

function highest(fields: ReadonlyMap<string, unknown>, place: string): number {
  const [to, below] = [numberOf(fields, "maximum", place), numberOf(fields, "exclusiveMaximum", place)];
  const high = Math.min(Math.floor(to ?? Infinity), Math.ceil(below ?? Infinity) - 1);
  return high >= Number.MAX_SAFE_INTEGER ? Infinity : high;
}

function numberOf(fields: ReadonlyMap<string, unknown>, name: string, place: string): number | undefined {
  const value = fields.get(name);
  if (value === undefined || typeof value === "number") return value;
  throw new OptionError(`${place}.${name}`, value, "a number");
}
