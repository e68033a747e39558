/** A recipe as plain data; the server knows its rules. */
export interface RecipeData {
  readonly method: string;
  readonly processors?: readonly ProcessorData[];
  readonly [field: string]: unknown;
}

export interface ProcessorData {
  readonly type: string;
  readonly [field: string]: unknown;
}
