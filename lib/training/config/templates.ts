/** What `templateText` has. */
export const templateNames = ["char", "bpe", "rnn"] as const;

export type TemplateName = (typeof templateNames)[number];

interface Template {
  readonly title: string;
  readonly tokenizer: string;
  readonly model: string;
  readonly training: string;
  readonly length: number;
  /** Words are tokens with the blank before them, so that prompts of words end without one. */
  readonly prompts: string;
  /** Stages of the chain before the others, in YAML. */
  readonly first?: string;
}

const transformer = `  architecture: gpt2        # or rnn, gru, lstm; given (with \`from: folder\`) trains a checkpoint further
  numLayers: 4
  numHeads: 4
  width: 128                # numbers that stand for a token; a multiple of numHeads
  dropout: 0.0`;

const templates: Record<TemplateName, Template> = {
  char: {
    title: "Movie reviews, character by character, 64 at a time (as EIR's tutorial on sequence generation)",
    tokenizer: "  kind: char                # one token for each character of the text",
    model: transformer,
    training: training({ steps: 2000, batchSize: 64, length: 64, rate: 0.001 }),
    length: 200,
    prompts: '["This movie was ", "The best "]',
  },
  bpe: {
    title:
      "Movie reviews in pieces of words: byte pairs with a vocabulary of 1,024 (EIR's second experiment)",
    tokenizer: `  kind: bpe                 # byte pairs, learned from the text
  vocabSize: 1024`,
    model: transformer,
    training: training({ steps: 2000, batchSize: 32, length: 64, rate: 0.001 }),
    length: 128,
    prompts: '["This movie was", "The best"]',
  },
  rnn: {
    title: "Movie reviews word by word in a recurrent net that carries its state along",
    tokenizer: `  kind: word                # lower case, no digits, no punctuation
  minFrequency: 3           # rarer words are unknown`,
    model: `  architecture: lstm        # or rnn, gru, gpt2
  embedSize: 128
  hiddenSize: 128
  numLayers: 1
  tieEmbedding: true        # the embedding serves as output layer too
  dropout: 0.2`,
    training: training({ steps: 1000, batchSize: 32, length: 35, rate: 0.003 }),
    length: 40,
    prompts: '["this movie was", "the best"]',
    first: `      - { type: suppressTokens, tokens: ["<|unknown|>"] } # likely everywhere, and nobody wants to read it
`,
  },
};

/** A configuration to begin with, every line of it explained. */
export function templateText(name: TemplateName, out = `runs/${name}`): string {
  const { title, tokenizer, model, training, length, prompts, first = "" } = templates[name];
  return `# ${title}.
# Train with \`logitbook train THIS_FILE\`; change one field with \`--set training.steps=500\`.

out: ${out}              # folder of the run: checkpoints, samples, curve
seed: 1                     # decides weights, order of the text, dropout and samples
backend: auto               # native, wasm or cpu to insist on one

corpus:
  source: movie-reviews     # or moby-dick, names, a file, a folder, a table (.csv, .tsv, .jsonl), a URL
  validation: 0.1           # share of the text that is kept to measure on

tokenizer:
${tokenizer}

model:
${model}

training:
${training}

sampling:                   # what is sampled while training, every sampleInterval steps
  auto: 1                   # texts that begin from nothing
  prompts: ${prompts}
  length: ${length}               # tokens
  recipe:                   # as in \`logitbook generate --recipe\`
    method: sample
    seed: 1
    processors:
${first}      - { type: temperature, t: 0.8 }
      - { type: topP, p: 0.95 }
`;
}

interface Sizes {
  readonly steps: number;
  readonly batchSize: number;
  readonly length: number;
  readonly rate: number;
}

function training({ steps, batchSize, length, rate }: Sizes): string {
  return `  steps: ${steps}
  batchSize: ${batchSize}             # rows of a batch
  length: ${length}                # tokens of a row
  optimizer: adamw          # or adam
  learningRate: ${rate}
  schedule: { type: cosine, warmupSteps: null, finalShare: 0.1 } # null: a twentieth of the steps
  clipNorm: 1               # longest gradient; null for no limit
  validateEvery: 250        # steps between checkpoints: the most that a kill can lose
  sampleInterval: 500
  patience: null            # validations without a new best that end the training`;
}
