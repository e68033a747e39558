import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

const LIB = path.resolve(import.meta.dirname, "../lib");

/** Which rooms a room may import from. Arrows point down. */
const ARROWS: Record<string, readonly string[]> = {
  core: [],
  decoding: ["core"],
  tokenizers: ["core", "decoding"],
  models: ["core", "decoding", "tokenizers"],
  training: ["core", "decoding", "tokenizers", "models"],
  chat: ["core", "decoding", "tokenizers"],
  notebook: ["core", "decoding", "tokenizers", "training", "chat"],
  server: ["core", "decoding", "tokenizers", "models", "training", "chat"],
  cli: ["core", "decoding", "tokenizers", "models", "notebook", "training", "chat", "server"],
  // The page: it shares types with the server, and pure functions that draw tokens; all else comes over HTTP.
  web: ["core", "decoding", "tokenizers", "chat", "server"],
};

/** The only places that may import a package, and whether only while running (`import()`), so that it loads late. */
const PACKAGES: Record<string, { readonly places: readonly string[]; readonly lazily?: true }> = {
  "@huggingface/transformers": { places: ["models/pretrained"], lazily: true },
  "onnxruntime-node": { places: ["models/pretrained"] },
  "@tensorflow/tfjs": {
    places: ["models/backend", "models/trainable", "models/recurrent", "models/transformer", "training"],
    lazily: true,
  },
  "@tensorflow/tfjs-backend-wasm": { places: ["models/backend"], lazily: true },
  protobufjs: { places: ["models/onnx", "training/graph"] },
  "@mlc-ai/web-xgrammar": { places: ["decoding/constraint"], lazily: true },
  "gpt-tokenizer": { places: ["tokenizers"], lazily: true },
  "csv-parse": { places: ["training", "server/playground", "web"], lazily: true },
  "plotly.js": { places: ["web"], lazily: true },
  commander: { places: ["cli"] },
  zod: {
    places: [
      "decoding",
      "models/trainable",
      "models/recurrent",
      "models/transformer",
      "training/config",
      "chat",
      "server",
    ],
  },
  yaml: { places: ["training/config"] },
  hono: { places: ["server"] },
  "@hono/node-server": { places: ["server"] },
  "prom-client": { places: ["server"] },
  "zod-openapi": { places: ["server"] },
  vue: { places: ["web"] },
  "pure-rand": { places: ["core"] },
};

/** Things that the house does without, and what it does instead. */
const BANNED: [name: string, pattern: RegExp][] = [
  ["Math.random: randomness is passed in", /\bMath\.random\b/],
  ["Date.now: clocks are passed in", /\bDate\.now\b/],
  ["default exports: names are exported", /^export default\b/m],
  ["any", /[:<(,]\s*any\b|\bas any\b/],
  ["work left for later", /\b(TODO|FIXME|XXX)\b/],
];

interface Import {
  readonly target: string;
  readonly lazy: boolean;
  readonly typeOnly: boolean;
}

const files = new Map<string, string>();

beforeAll(async () => {
  for (const entry of await readdir(LIB, { recursive: true, withFileTypes: true })) {
    const file = path.relative(LIB, path.join(entry.parentPath, entry.name));
    if (!entry.isFile() || !/\.(?:ts|vue)$/.test(file) || /^(dist|node_modules)\//.test(file)) continue;
    files.set(file, await readFile(path.join(LIB, file), "utf8"));
  }
});

/** Static imports and re-exports, and dynamic imports, of a source text. */
function importsOf(source: string): Import[] {
  const found: Import[] = [];
  const fixed = /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;
  for (const [, type, target] of source.matchAll(fixed)) {
    found.push({ target: target!, lazy: false, typeOnly: type !== undefined });
  }
  for (const [, before, target] of source.matchAll(/(typeof )?\bimport\(\s*"([^"]+)"\s*\)/g)) {
    found.push({ target: target!, lazy: true, typeOnly: before !== undefined });
  }
  return found;
}

function roomOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : "";
}

/** Breaches of a rule over all imports of all files: `visit` returns what is wrong, if anything. */
function breaches(visit: (file: string, found: Import) => string | undefined): string[] {
  return [...files].flatMap(([file, source]) =>
    importsOf(source).flatMap((found) => {
      const wrong = visit(file, found);
      return wrong === undefined ? [] : [`${file} imports ${found.target}: ${wrong}`];
    }),
  );
}

test("the library is read, and its imports are seen", () => {
  expect(files.size).toBeGreaterThan(50);
  expect(importsOf(files.get("models/openModel.ts")!).map(({ target }) => target)).toEqual(
    expect.arrayContaining(["../core/errors.js", "node:path", "./gguf/convertInThread.js"]),
  );
});

test("every room is on the plan", () => {
  const rooms = new Set([...files.keys()].map(roomOf).filter((room) => room !== ""));
  expect([...rooms].sort()).toEqual(Object.keys(ARROWS).sort());
});

test("arrows between rooms point down", () => {
  const wrong = breaches((file, { target }) => {
    if (!target.startsWith(".") || roomOf(file) === "") return undefined;
    const room = roomOf(path.join(path.dirname(file), target));
    return room === roomOf(file) || ARROWS[roomOf(file)].includes(room) ? undefined : "arrows point down";
  });
  expect(wrong).toEqual([]);
});

test("no file imports itself by way of others", () => {
  const edges = new Map(
    [...files].map(([file, source]) => [
      file,
      importsOf(source)
        .filter(({ target, typeOnly, lazy }) => target.startsWith(".") && !typeOnly && !lazy)
        .map(({ target }) => path.join(path.dirname(file), target).replace(/\.js$/, ".ts")),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
    if (done.has(file)) return;
    done.add(file);
    for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
  };
  for (const file of files.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test("packages are imported where they belong, heavy ones late", () => {
  const wrong = breaches((file, { target, lazy, typeOnly }) => {
    if (target.startsWith(".") || target.startsWith("node:")) return undefined;
    const name = target
      .split("/")
      .slice(0, target.startsWith("@") ? 2 : 1)
      .join("/");
    const rule = PACKAGES[name];
    if (!rule) return "it is not on the plan";
    if (!rule.places.some((place) => file.startsWith(`${place}/`))) return `it belongs to ${rule.places}`;
    return rule.lazily && !lazy && !typeOnly ? "it is to be loaded late, with import()" : undefined;
  });
  expect(wrong).toEqual([]);
});

describe("the house does without", () => {
  test.each(BANNED)("%s", (_, pattern) => {
    expect([...files].filter(([, source]) => pattern.test(source)).map(([file]) => file)).toEqual([]);
  });
});
