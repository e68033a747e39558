/**
 * Finds the line of a notebook cell that an error came from. tslab runs a cell as CommonJS compiled in two
 * steps and reports positions in that; this compiles the cell the same way, with source maps, and goes back.
 *
 * Reads `{"source": string, "frames": number[]}` on stdin, the frames being line numbers of the compiled cell
 * from the innermost call outwards. Writes `{"line": number | null}`, counted from 1.
 */
import { createRequire, SourceMap } from "node:module";
import { text } from "node:stream/consumers";

const require = createRequire(createRequire(import.meta.url).resolve("tslab/package.json"));
const ts = require("@tslab/typescript-for-tslab");

/** tslab puts this line before a cell so that it is read as a module. */
const prefix = "export {};\n";
const target = ts.ScriptTarget.ES2022;

/** Names that a cell declares at its top level and that exist at run time: tslab exports them all. */
function declaredNames(source) {
  const file = ts.createSourceFile("cell.ts", source, target, true);
  return file.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(boundNames);
    if (ts.isImportDeclaration(statement)) return importedNames(statement.importClause);
    const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
    return named || ts.isEnumDeclaration(statement) ? [statement.name.text] : [];
  });
}

function boundNames({ name }) {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.filter((element) => !ts.isOmittedExpression(element)).flatMap(boundNames);
}

function importedNames(clause) {
  if (!clause || clause.isTypeOnly) return [];
  const own = clause.name ? [clause.name.text] : [];
  const bindings = clause.namedBindings;
  if (!bindings) return own;
  if (ts.isNamespaceImport(bindings)) return [...own, bindings.name.text];
  return [...own, ...bindings.elements.filter((each) => !each.isTypeOnly).map((each) => each.name.text)];
}

/** tslab keeps the value of a last expression in a variable, to print it; the variable shifts lines. */
function keepLastExpression() {
  const { factory } = ts;
  return (file) => {
    const last = file.statements.findLastIndex((statement) => !ts.isExportDeclaration(statement));
    const statement = file.statements[last];
    if (!statement || !ts.isExpressionStatement(statement)) return file;
    const variable = factory.createVariableDeclaration(
      "tsLastExpr",
      undefined,
      undefined,
      statement.expression,
    );
    const list = factory.createVariableDeclarationList([variable], ts.NodeFlags.Const);
    const kept = factory.createVariableStatement([factory.createModifier(ts.SyntaxKind.ExportKeyword)], list);
    return factory.updateSourceFile(file, file.statements.toSpliced(last, 1, kept));
  };
}

function compile(source, module, after = []) {
  const compilerOptions = {
    module,
    target,
    sourceMap: true,
    esModuleInterop: true,
    noImplicitUseStrict: true,
  };
  const { outputText, sourceMapText } = ts.transpileModule(source, {
    compilerOptions,
    transformers: { after },
  });
  const code = outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, "");
  return { code, map: new SourceMap(JSON.parse(sourceMapText)) };
}

/** The line of the source that a line of the compiled code comes from, both counted from 0. */
function originalLine({ code, map }, line) {
  const columns = Array.from(code.split("\n")[line] ?? "", (_, column) => map.findEntry(line, column));
  return columns.find((entry) => entry.generatedLine === line)?.originalLine;
}

function locate({ source, frames }) {
  const exported = declaredNames(source);
  const modules = compile(`${prefix}${source}\nexport {${exported.join(", ")}}`, ts.ModuleKind.ESNext, [
    keepLastExpression,
  ]);
  const common = compile(modules.code, ts.ModuleKind.CommonJS);
  // The outermost call that lies in the cell is its own statement; inner frames may be of earlier cells.
  for (const frame of frames.toReversed()) {
    const middle = originalLine(common, frame - 1);
    const line = middle === undefined ? undefined : originalLine(modules, middle);
    if (line !== undefined && line >= 1 && line <= source.split("\n").length) return line;
  }
  return null;
}

console.log(JSON.stringify({ line: locate(JSON.parse(await text(process.stdin))) }));
