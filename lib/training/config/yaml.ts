import { type Document, isMap, isPair, LineCounter, type Node, parseDocument } from "yaml";
import { ConfigError } from "../../core/errors.js";

/** A YAML text that knows where each of its fields stands. */
export interface YamlSource {
  readonly value: unknown;
  /** Line of the field that the path leads to, or of the nearest part around it, counted from 1. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/**
 * Reads YAML (and so JSON).
 * @param name of the file, for messages
 * @throws ConfigError that names the line of what is no YAML
 */
export function readYaml(text: string, name: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const reason =
      error.code === "MULTIPLE_DOCS"
        ? "a second document begins here, but a file holds one configuration"
        : `it is no valid YAML: ${error.message}`;
    throw new ConfigError(name, lines.linePos(error.pos[0]).line, reason, { cause: error });
  }
  const lineOf = (path: readonly PropertyKey[]) => {
    for (let known = path.length; known > 0; known--) {
      const start = keyStart(document, path.slice(0, known));
      if (start !== undefined) return lines.linePos(start).line;
    }
    return undefined;
  };
  return { value: contentOf(document, name), lineOf };
}

/** Aliases are followed only here. */
function contentOf(document: Document, name: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const reason = `it is no valid YAML: ${(error as Error).message}`;
    throw new ConfigError(name, undefined, reason, { cause: error });
  }
}

/** Where the field's name, or the element of a list, begins in the text. */
function keyStart(document: Document, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => String(key) === path.at(-1));
    return isPair(pair) ? (pair.key as Node).range?.[0] : undefined;
  }
  const node = document.getIn(path, true) as Node | undefined;
  return node?.range?.[0];
}
