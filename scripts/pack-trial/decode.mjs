// node decode.mjs MODEL: what a new user's first script would do, with every decoding method and every kind of constraint.
import { compare, generate, methodNames, openModel, parseRecipe, trace } from "logitbook";
import { startServer } from "logitbook/server";

/** What a method needs beside its name. */
const NEEDS = {
  beam: { numBeams: 2 },
  beamSample: { numBeams: 2 },
  diverseBeam: { numBeams: 2, numBeamGroups: 2, diversityPenalty: 0.5 },
  earlyStoppedBeam: { numBeams: 2 },
};

const CONSTRAINTS = [
  { choices: [" blue.", " green."] },
  { regex: " [a-z]{3,6}\\." },
  { grammar: 'root ::= " " [a-z]+ "."' },
  { jsonSchema: { type: "object", properties: { blue: { type: "boolean" } }, required: ["blue"] } },
  { json: true },
];

const [directory] = process.argv.slice(2);
// The decoder that `npx logitbook native` has compiled: without it this is an error.
const open = await openModel(directory, { runtime: "native" });
try {
  for (const method of methodNames) {
    report(method, await run({ method, maxNewTokens: 8, ...NEEDS[method] }));
  }
  for (const constraint of CONSTRAINTS) {
    report(JSON.stringify(constraint), await run({ method: "greedy", maxNewTokens: 16, constraint }));
  }
  const greedy = parseRecipe({ method: "greedy", maxNewTokens: 4 });
  const rows = await compare(open, "The sky is", { greedy });
  const { steps } = await trace(open, "The sky is", greedy);
  if (rows.length !== 1 || steps.length !== 4) throw new Error("compare or trace lost something");
  if (typeof startServer !== "function") throw new Error("logitbook/server has no startServer");
} finally {
  await open.model.dispose();
}

/** `speculative` guesses with its draft: here the model itself, which guesses all right. */
async function run(recipe) {
  const { sequences } = await generate(open, "The sky is", recipe, { draft: open.model });
  return sequences[0];
}

function report(name, { tokens, text }) {
  if (tokens.length === 0) throw new Error(`${name} generated nothing`);
  console.log(`${name}: ${JSON.stringify(text)}`);
}
