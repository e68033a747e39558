/** Recurrent state on its way from one batch to the next, as the tensors of whoever computes it. */
export interface CarriedState<Tensor> {
  /** Rows of the batch that it comes from; 0 where there was none. */
  readonly batchSize: number;
  readonly tensors: readonly Tensor[];
  /** State for the next batch: what the batch before left, or an empty one if it had other rows or nothing goes on. */
  next(batchSize: number, continues: boolean): readonly Tensor[];
  /** Takes these tensors over and frees those before. */
  replace(batchSize: number, tensors: readonly Tensor[]): void;
  dispose(): void;
}

/**
 * Holds recurrent state, and frees it in time.
 * @param empty state before any text, for so many rows
 */
export function carriedState<Tensor>(
  empty: (batchSize: number) => readonly Tensor[],
  free: (tensors: readonly Tensor[]) => void,
): CarriedState<Tensor> {
  let held: { readonly batchSize: number; readonly tensors: readonly Tensor[] } = {
    batchSize: 0,
    tensors: [],
  };
  function replace(batchSize: number, tensors: readonly Tensor[]): void {
    free(held.tensors);
    held = { batchSize, tensors };
  }
  return {
    get batchSize() {
      return held.batchSize;
    },
    get tensors() {
      return held.tensors;
    },
    next(batchSize, continues) {
      if (!continues || held.batchSize !== batchSize) replace(batchSize, empty(batchSize));
      return held.tensors;
    },
    replace,
    dispose: () => replace(0, []),
  };
}
