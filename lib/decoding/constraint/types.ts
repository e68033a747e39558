/** What the generated text is held to, as data: exactly one of these. */
export type Constraint =
  /**
   * JSON that the schema (draft 2020-12, the part that is listed in `readSchema`) accepts. A `format` is held to where it
   * is email, date, time, date-time, duration, ipv4, ipv6, hostname, uuid, uri, uri-reference, uri-template,
   * json-pointer or relative-json-pointer; any other is a note, as the draft has it.
   */
  | { readonly jsonSchema: Readonly<Record<string, unknown>> | boolean }
  /** Text that the whole expression matches, in JavaScript's syntax without look-around and back-references. */
  | { readonly regex: string }
  /** One of these texts. */
  | { readonly choices: readonly string[] }
  /** Text of the grammar's rule `root`, in the EBNF of XGrammar (GBNF's): `root ::= "a" | [0-9]+`. */
  | { readonly grammar: string }
  /** Any JSON value. */
  | { readonly json: true };
