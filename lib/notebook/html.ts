const named: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  amp: "&",
};

/** What is left of HTML where there are only letters: no tags, no styles, no scripts, common entities as signs. */
export function withoutTags(html: string): string {
  const text = html.replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, "").replace(/<[^>]*>/g, "");
  const decoded = text.replace(/&(?:#(\d{1,6})|([a-z]+));/g, (entity, code?: string, name = "") => {
    return code ? String.fromCodePoint(Number(code)) : (named[name] ?? entity);
  });
  return decoded.trim();
}
