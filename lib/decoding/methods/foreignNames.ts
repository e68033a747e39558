import { plainName } from "../../core/nearest.js";

/** What other libraries call methods, and the recipe that means the same. */
const METHODS: Readonly<Record<string, string>> = {
  argmax: "`greedy`",
  assisted: "`speculative`",
  beamsearch: "`beam`",
  contrastivesearch: "`contrastive`",
  diversebeamsearch: "`diverseBeam`",
  greedysearch: "`greedy`",
  groupbeamsearch: "`diverseBeam`",
  multinomial: "`sample`",
  nucleus: "`sample` with the processor `topP`",
  sampling: "`sample`",
  temperature: "`sample` with the processor `temperature`",
  topk: "`sample` with the processor `topK`",
  topp: "`sample` with the processor `topP`",
};

const ENTRY = (type: string) => `an entry \`{ "type": "${type}", … }\` of \`processors\``;

/** What other libraries write beside the method, where the name alone leads nowhere. */
const FIELDS: Readonly<Record<string, string>> = {
  badwordsids: ENTRY("badWords"),
  dosample: 'the method `sample` (`"greedy"` where nothing is to be drawn)',
  guidancescale: "`guidance.scale`",
  jsonschema: "`constraint.jsonSchema`",
  logitbias: ENTRY("sequenceBias"),
  maxlength: "`maxNewTokens` (it counts without the prompt)",
  maxtokens: "`maxNewTokens`",
  n: "`numReturnSequences`",
  negativeprompt: "`guidance.negativePrompt`",
  norepeatngramsize: ENTRY("noRepeatNgram"),
  npredict: "`maxNewTokens`",
  randomseed: "`seed`",
  repeatpenalty: ENTRY("repetitionPenalty"),
  responseformat: "`constraint`",
  stop: "`stopStrings`",
  stopsequences: "`stopStrings`",
  stopwords: "`stopStrings`",
  temp: ENTRY("temperature"),
  typicalp: ENTRY("typical"),
};

/** What somebody means by another library's name for a method, in words; undefined for a name of none. */
export function meantMethod(name: string): string | undefined {
  return METHODS[plainName(name)];
}

/** The same for a field of a recipe. */
export function meantField(name: string): string | undefined {
  return FIELDS[plainName(name)];
}
