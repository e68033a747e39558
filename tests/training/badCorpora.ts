import { gzipSync } from "node:zlib";

/**
 * What a user may bring as a text by mistake, each through `train` as the command line calls it, with the whole message.
 * `ROOT` stands for the folder of the files, `HOST` for the server.
 */
export interface BadCorpus {
  readonly name: string;
  /** Files by their path; a content of `null` makes a folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
  /** The fields of the `corpus` section, in YAML's flow style. */
  readonly corpus: string;
  /** Further sections. */
  readonly more?: string;
  readonly says: string;
}

const plain = "the cat sees a ship and the dog hears a star. ".repeat(40);
const binary = Uint8Array.from({ length: 400 }, (_, i) => (i * 37) % 256);

export const badCorpora: readonly BadCorpus[] = [
  {
    name: "a file that is not there",
    corpus: "source: ROOT/none.txt",
    says: "corpus `ROOT/none.txt`: there is no such file or folder, and no corpus of that name (movie-reviews, moby-dick, names, imdb)",
  },
  {
    name: "a name with a slip",
    corpus: "source: movie-review",
    says: "corpus `movie-review`: there is no such file or folder, and no corpus of that name (movie-reviews, moby-dick, names, imdb); did you mean movie-reviews?",
  },
  {
    name: "an empty file",
    files: { "a.txt": "" },
    corpus: "source: ROOT/a.txt",
    says: "corpus `ROOT/a.txt`: it is empty: there is no document with text",
  },
  {
    name: "white space alone",
    files: { "a.txt": " \n\t\n " },
    corpus: "source: ROOT/a.txt",
    says: "corpus `ROOT/a.txt`: it is empty: there is no document with text",
  },
  {
    name: "one character",
    files: { "a.txt": "x" },
    corpus: "source: ROOT/a.txt",
    says: "corpus `ROOT/a.txt`: its one document, a single character, is too short to split: bring more text",
  },
  {
    name: "a text shorter than a row",
    files: { "a.txt": "short text" },
    corpus: "source: ROOT/a.txt",
    says: "corpus `ROOT/a.txt`: its training part has 10 tokens, too few for a row of 32 and the token after it: lower training.length, or bring more text",
  },
  {
    name: "a validation part shorter than a row",
    files: { "a.txt": plain },
    corpus: "source: ROOT/a.txt, validation: 0.001",
    says: "corpus `ROOT/a.txt`: its validation part has 3 tokens, less than a row of 32: lower training.length, or raise corpus.validation",
  },
  {
    name: "lines of which validation gets too little",
    files: { "a.txt": `${plain}\nx\n` },
    corpus: "source: ROOT/a.txt, unit: line",
    says: "corpus `ROOT/a.txt`: its validation part has 2 tokens, less than a row of 32: lower training.length, or raise corpus.validation",
  },
  {
    name: "a single line by line",
    files: { "a.txt": "one line alone" },
    corpus: "source: ROOT/a.txt, unit: line",
    says: "corpus `ROOT/a.txt`: its training part has 13 tokens, too few for a row of 32 and the token after it: lower training.length, or bring more text",
  },
  {
    name: "the same line again and again",
    files: { "a.txt": "again\n".repeat(50) },
    corpus: "source: ROOT/a.txt, unit: line",
    says: "corpus `ROOT/a.txt`: its training part has 5 tokens, too few for a row of 32 and the token after it: lower training.length, or bring more text; it repeats 49 documents, which count once",
  },
  {
    name: "a huge line of one word",
    files: { "a.txt": "a".repeat(3_000_000) },
    corpus: "source: ROOT/a.txt",
    more: "tokenizer: { kind: word }",
    says: "corpus `ROOT/a.txt`: its training part has 2 tokens, too few for a row of 32 and the token after it: lower training.length, or bring more text",
  },
  {
    name: "a text without a letter, for words",
    files: { "a.txt": "1 2 3 4 !!! ".repeat(50) },
    corpus: "source: ROOT/a.txt",
    more: "tokenizer: { kind: word }",
    says: "corpus `ROOT/a.txt`: tokenizer.kind word takes texts with a word in them, and there are none: bring other text, or take another kind",
  },
  {
    name: "words that are all too rare",
    files: { "a.txt": plain },
    corpus: "source: ROOT/a.txt",
    more: "tokenizer: { kind: word, minFrequency: 1000 }",
    says: "`tokenizer.minFrequency` must be at most 72: no word occurs more often, but is 1000",
  },
  {
    name: "an address of another kind",
    corpus: "source: ftp://example.org/a.txt",
    says: "corpus `ftp://example.org/a.txt`: an address begins with http:// or https://, not ftp://",
  },
  {
    name: "an archive for another corpus",
    files: { "a.txt": plain },
    corpus: "source: ROOT/a.txt, archive: a.tar.gz",
    says: '`corpus.archive` must be left out: it is for imdb, but is "a.tar.gz"',
  },
  {
    name: "a vocabulary too small for bytes",
    files: { "a.txt": plain },
    corpus: "source: ROOT/a.txt",
    more: "tokenizer: { kind: bpe, vocabSize: 200 }",
    says: "config:4: `tokenizer.vocabSize` must be a whole number from 257: 256 bytes and the end of text, but is 200",
  },
  {
    name: "a binary file",
    files: { "a.txt": binary },
    corpus: "source: ROOT/a.txt",
    says: "corpus `ROOT/a.txt`: byte 0 is zero, as in binary files: it is no text",
  },
  {
    name: "a picture",
    files: { "a.png": binary },
    corpus: "source: ROOT/a.png",
    says: "corpus `ROOT/a.png`: byte 0 is zero, as in binary files: it is no text",
  },
  {
    name: "Latin-1 taken for UTF-8",
    files: { "a.txt": Buffer.from("na\u00efve caf\u00e9", "latin1") },
    corpus: "source: ROOT/a.txt",
    says: 'corpus `ROOT/a.txt`: byte 2 (0xEF) is not UTF-8; say encoding "latin1" or "utf-16le" if it is that',
  },
  {
    name: "UTF-16 without a mark",
    files: { "a.txt": Buffer.from(plain, "utf16le") },
    corpus: "source: ROOT/a.txt",
    says: "corpus `ROOT/a.txt`: byte 1 is zero, as in binary files: it is no text",
  },
  {
    name: "a mark against the encoding",
    files: { "a.txt": Buffer.from(`\uFEFF${plain}`, "utf16le") },
    corpus: "source: ROOT/a.txt, encoding: latin1",
    says: "corpus `ROOT/a.txt`: it begins with the mark of utf-16le, but is to be read as latin1",
  },
  {
    name: "an encoding that is not known",
    files: { "a.txt": plain },
    corpus: "source: ROOT/a.txt, encoding: cp1252",
    says: 'config:3: `corpus.encoding` must be one of: utf-8, utf-16le, utf-16be, latin1, but is "cp1252"',
  },
  {
    name: "a text cut in the middle of a character",
    files: { "a.txt": Buffer.from(`${plain}é`).subarray(0, -1) },
    corpus: "source: ROOT/a.txt",
    says: 'corpus `ROOT/a.txt`: byte 1840 (0xC3) is not UTF-8; the file ends in the middle of a character, or: say encoding "latin1" or "utf-16le" if it is that',
  },
  {
    name: "CSV without the column",
    files: { "a.csv": "id,body\n1,hello\n" },
    corpus: "source: ROOT/a.csv, column: review",
    says: 'corpus `ROOT/a.csv`: it has no column "review"; its columns: "id", "body"',
  },
  {
    name: "CSV without a column of the usual name",
    files: { "a.csv": "id,body\n1,hello\n" },
    corpus: "source: ROOT/a.csv",
    says: 'corpus `ROOT/a.csv`: it has no column "text"; its columns: "id", "body"',
  },
  {
    name: "CSV with a quote that never ends",
    files: { "a.csv": 'text\n"hello\n' },
    corpus: "source: ROOT/a.csv",
    says: "corpus `ROOT/a.csv`: it is no valid table: Quote Not Closed: the parsing is finished with an opening quote at line 2",
  },
  {
    name: "CSV with a row too long",
    files: { "a.csv": "text,n\na,1\nb,2,3\n" },
    corpus: "source: ROOT/a.csv",
    says: "corpus `ROOT/a.csv`: it is no valid table: Invalid Record Length: columns length is 2, got 3 on line 3",
  },
  {
    name: "a header and no row",
    files: { "a.csv": "text,n\n" },
    corpus: "source: ROOT/a.csv",
    says: "corpus `ROOT/a.csv`: it is empty: there is no document with text",
  },
  {
    name: "JSONL with a broken line",
    files: { "a.jsonl": '{"text":"a"}\n{"text":\n' },
    corpus: "source: ROOT/a.jsonl",
    says: "corpus `ROOT/a.jsonl:2`: it is no valid JSON (Unexpected end of JSON input)",
  },
  {
    name: "JSONL whose column is a number",
    files: { "a.jsonl": '{"text":5}\n' },
    corpus: "source: ROOT/a.jsonl",
    says: 'corpus `ROOT/a.jsonl:1`: its "text" is no text',
  },
  {
    name: "JSON in place of JSONL",
    files: { "a.jsonl": '[\n{"text":"a"}\n]\n' },
    corpus: "source: ROOT/a.jsonl",
    says: "corpus `ROOT/a.jsonl:1`: it is no valid JSON (Unexpected end of JSON input)",
  },
  {
    name: "a column of plain text",
    files: { "a.txt": plain },
    corpus: "source: ROOT/a.txt, column: text",
    says: '`corpus.column` must be left out: ROOT/a.txt is no CSV, TSV or JSONL, but is "text"',
  },
  {
    name: "an empty folder",
    files: { folder: null },
    corpus: "source: ROOT/folder",
    says: "corpus `ROOT/folder`: the folder is empty (.txt, .md, .csv, .tsv or .jsonl, also .gz)",
  },
  {
    name: "a folder without texts",
    files: { "folder/a.png": binary, "folder/b.pdf": binary },
    corpus: "source: ROOT/folder",
    says: "corpus `ROOT/folder`: the folder holds a.png, b.pdf, but no text (.txt, .md, .csv, .tsv or .jsonl, also .gz)",
  },
  {
    name: "a packed file that is none",
    files: { "a.txt.gz": plain },
    corpus: "source: ROOT/a.txt.gz",
    says: "corpus `ROOT/a.txt.gz`: it does not unpack (incorrect header check): it is no whole gzip file",
  },
  {
    name: "a packed file cut off",
    files: { "a.txt.gz": gzipSync(plain).subarray(0, 60) },
    corpus: "source: ROOT/a.txt.gz",
    says: "corpus `ROOT/a.txt.gz`: it does not unpack (unexpected end of file): it is no whole gzip file",
  },
  {
    name: "a zip archive",
    files: { "a.zip": binary },
    corpus: "source: ROOT/a.zip",
    says: "corpus `ROOT/a.zip`: it is packed (zip): unpack it first; the IMDB archive opens as imdb",
  },
  {
    name: "an archive without the folders of IMDB",
    files: { "a.tar.gz": gzipSync(new Uint8Array(1024)) },
    corpus: "source: imdb, archive: ROOT/a.tar.gz",
    says: "corpus `ROOT/a.tar.gz`: it holds no reviews: train/pos/0_9.txt and the like are expected, as in aclImdb_v1.tar.gz",
  },
  {
    name: "IMDB without its archive",
    corpus: "source: imdb",
    says: "`corpus.archive` must be the path or address of aclImdb_v1.tar.gz or its folder, but is missing",
  },
  {
    name: "an address that is not there",
    corpus: "source: HOST/none.txt",
    says: "corpus `HOST/none.txt`: it can't be fetched (status 404 Not Found)",
  },
  {
    name: "an address that breaks off",
    corpus: "source: HOST/cut.txt",
    says: "corpus `HOST/cut.txt`: it can't be fetched (terminated: other side closed)",
  },
  {
    name: "a host that is not there",
    corpus: "source: http://127.0.0.1:9/a.txt",
    says: "corpus `http://127.0.0.1:9/a.txt`: it can't be fetched (fetch failed: bad port)",
  },
];
