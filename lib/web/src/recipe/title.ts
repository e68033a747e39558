import type { RecipeData } from "./types.js";

/** A recipe in a few words: `sample, temperature 0.8, topK 40`. */
export function recipeTitle({ method, processors = [], numBeams, lengthPenalty }: RecipeData): string {
  const beams = numBeams === undefined ? [] : [`${numBeams} beams`];
  const penalty = lengthPenalty === undefined ? [] : [`length penalty ${lengthPenalty}`];
  const stages = processors.map(({ type, ...fields }) => {
    const number = Object.values(fields).find((value) => typeof value === "number");
    return number === undefined ? type : `${type} ${number}`;
  });
  return [method, ...beams, ...penalty, ...stages].join(", ");
}
