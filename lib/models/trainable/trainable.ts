import type * as tf from "@tensorflow/tfjs";
import type { ModelConfig } from "./config.js";
import type { Operations } from "./operations.js";

/** How a forward pass is to run. */
export interface ForwardOptions {
  /** Whether dropout is on. Then `dropoutSeed` is needed if the config has any. */
  readonly training: boolean;
  /** Int32 scalar from which every dropout mask of this pass is drawn. */
  readonly dropoutSeed?: tf.Scalar;
  /** Default: the plain ones, which every backend has. */
  readonly operations?: Operations;
}

export interface ForwardResult {
  /** Scores before softmax, float32 [batch, time, vocabSize]: row t predicts token t + 1. */
  readonly logits: tf.Tensor3D;
  /** The state after the last token: what the next stretch of the same texts starts from. */
  readonly state: readonly tf.Tensor[];
}

/**
 * A language model whose weights are TensorFlow.js variables: `forward` is a plain function of them, so that
 * `tf.variableGrads` trains it. It knows nothing of losses, optimizers or texts.
 */
export interface TrainableModel {
  readonly config: ModelConfig;
  /**
   * The weights by name, in a fixed order. Names and shapes are those of the checkpoint: PyTorch's for `nn.RNN`,
   * `nn.GRU` and `nn.LSTM`, Hugging Face's for GPT-2.
   */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /**
   * The state before any token: per layer the hidden state [batch, hiddenSize], then, for an LSTM, per layer the
   * cell state; nothing for a transformer. The caller disposes it.
   */
  initialState(batchSize: number): readonly tf.Tensor[];
  /**
   * Reads int32 tokens [batch, time]. The caller disposes logits and state, or calls this inside `tf.tidy`.
   * @throws OptionError for more tokens than a transformer has positions, or dropout without a seed
   */
  forward(inputs: tf.Tensor2D, state: readonly tf.Tensor[], options: ForwardOptions): ForwardResult;
  /** Frees the weights. */
  dispose(): void;
}
