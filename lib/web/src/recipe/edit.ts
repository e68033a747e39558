/** The list with one entry at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), list[from] as T, ...rest.slice(to)];
}

/** The data with one field set; undefined takes it out, so that its default holds. */
export function withField<Data extends object>(data: Data, name: string, value: unknown): Data {
  const { [name as keyof Data]: _, ...rest } = data;
  return (value === undefined ? rest : { ...rest, [name]: value }) as Data;
}
