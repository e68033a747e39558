import type { NamedArray } from "../../models/trainable/createModel.js";

/** One batch: row-major token ids [batchSize, length], and for each the token that follows it. */
export interface Batch {
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  readonly batchSize: number;
  readonly length: number;
}

export interface StepInput extends Batch {
  /** The learning rate of this step; a schedule is the caller's. */
  readonly learningRate: number;
  /** Whole number from which this step's dropout masks are drawn. */
  readonly seed: number;
  /** Whether recurrent models forget the texts they have read so far. Default false: the state is carried on. */
  readonly resetState?: boolean;
  /** Rows whose text is forgotten, while the others' is carried on. Default: none. */
  readonly resetRows?: readonly number[];
}

export interface EvaluateStepOptions {
  /** Whether each row goes on where the same row of the batch evaluated before ended. Default false. */
  readonly continues?: boolean;
}

export interface StepResult {
  /** Mean cross-entropy of the batch before the update, in nats per token. */
  readonly loss: number;
  /** Length of all gradients taken as one vector, before clipping. */
  readonly gradientNorm: number;
}

/** Adam (Kingma and Ba 2015), or AdamW with its decoupled weight decay (Loshchilov and Hutter 2019). */
export interface OptimizerOptions {
  readonly type: "adam" | "adamw";
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** AdamW only: matrices shrink by `learningRate · weightDecay` per step; biases and gains don't. Default 0.01. */
  readonly weightDecay?: number;
}

export interface StepOptions {
  /** Gradients are scaled down so that their norm is at most this. Without it they are left as they are. */
  readonly clipNorm?: number;
  /**
   * "auto" (default) compiles where the backend can and says in `reason` why it could not; "always" throws then;
   * "never" takes the plain step.
   */
  readonly compile?: "auto" | "never" | "always";
}

/**
 * All that the next step depends on beside its input, by name: `weights/<name>`, `adam/m/<name>` and `adam/v/<name>`
 * (first and second moments), `adam/iteration` (scalar), `recurrent/<i>` (state tensors, if any were carried).
 */
export type StepState = ReadonlyMap<string, NamedArray>;

/** One step of training at a time: forward, backward, clip, update. Plain TensorFlow.js or a compiled graph. */
export interface TrainingStep {
  readonly compiled: boolean;
  /** Why the step is plain, if it is. */
  readonly reason?: string;
  /**
   * Updates the weights by one batch. Recurrent state is carried from step to step inside, detached; it starts from
   * zero at the first step, after `resetState`, and where the batch size changes.
   * @throws OptionError for tokens outside the vocabulary or arrays that contradict `batchSize` and `length`
   */
  run(input: StepInput): Promise<StepResult>;
  /**
   * Mean loss of a batch in nats per token, without dropout or update. Recurrent state starts from zero, or goes on from
   * the batch that was evaluated before; the state that `run` carries is another and stays as it is.
   */
  evaluate(batch: Batch, options?: EvaluateStepOptions): Promise<number>;
  /** Brings the model's own variables up to date, so that `forward` and `asLanguageModel` see the trained weights. */
  updateModel(): Promise<void>;
  readState(): Promise<StepState>;
  /**
   * Goes on from a state that `readState` gave.
   * @throws ModelError where a tensor is missing or has another shape
   */
  writeState(state: StepState): Promise<void>;
  /** Frees what the step holds; the model stays. */
  dispose(): void;
}
