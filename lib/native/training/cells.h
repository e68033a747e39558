#pragma once

#include <array>

#include "../vector.h"

/**
 * The recurrences of recurrent layers for `WIDTH` hidden units of one row, forward and back. Gates are in PyTorch's
 * order. Each cell names the number of its gates, of the vectors that the way back reads beside the states, whether it
 * has a state beside the hidden one, and whether the state's share of the gates is kept apart from the inputs'.
 */
namespace logitbook {

inline Vector sigmoid(Vector x) { return 1.0f / (1.0f + exponential(-x)); }
inline Vector hyperbolicTangent(Vector x) { return 2.0f / (1.0f + exponential(-2.0f * x)) - 1.0f; }

template <int COUNT>
using Vectors = std::array<Vector, COUNT>;

/** h' = tanh(inputs + state) */
struct RnnCell {
  static constexpr int GATES = 1;
  static constexpr int SAVED = 0;
  static constexpr bool HAS_CELL = false;
  static constexpr bool IS_APART = false;

  /** @returns the hidden state after */
  static Vector forward(const Vectors<1>& inputs, const Vectors<1>& state, Vector, Vector&, Vectors<0>&) {
    return hyperbolicTangent(inputs[0] + state[0]);
  }

  /** @param flow into the hidden state `now` */
  static void backward(const Vectors<0>&, Vector now, Vector, Vector flow, Vector&, Vectors<1>& inputs, Vectors<1>&) {
    inputs[0] = flow * (1.0f - now * now);
  }
};

/** r, z = sigmoid(inputs + state), n = tanh(inputs + r · state), h' = n + z · (h - n) */
struct GruCell {
  static constexpr int GATES = 3;
  static constexpr int SAVED = 4;
  static constexpr bool HAS_CELL = false;
  static constexpr bool IS_APART = true;

  /** @param before the hidden state; @returns the one after */
  static Vector forward(
      const Vectors<3>& inputs, const Vectors<3>& state, Vector before, Vector&, Vectors<4>& saved) {
    const Vector reset = sigmoid(inputs[0] + state[0]);
    const Vector update = sigmoid(inputs[1] + state[1]);
    const Vector candidate = hyperbolicTangent(inputs[2] + reset * state[2]);
    saved = {reset, update, candidate, state[2]};
    return candidate + update * (before - candidate);
  }

  /** @param carry what flows into the hidden state beside `flow`; afterwards into the one before */
  static void backward(const Vectors<4>& saved, Vector, Vector before, Vector flow, Vector& carry, Vectors<3>& inputs,
                       Vectors<3>& state) {
    const auto& [reset, update, candidate, share] = saved;
    flow += carry;
    inputs[2] = flow * (1.0f - update) * (1.0f - candidate * candidate);
    inputs[1] = flow * (before - candidate) * update * (1.0f - update);
    inputs[0] = inputs[2] * share * reset * (1.0f - reset);
    state = {inputs[0], inputs[1], inputs[2] * reset};
    carry = flow * update;
  }
};

/** i, f, o = sigmoid(inputs + state), g = tanh(inputs + state), c' = f · c + i · g, h' = o · tanh(c') */
struct LstmCell {
  static constexpr int GATES = 4;
  static constexpr int SAVED = 4;
  static constexpr bool HAS_CELL = true;
  static constexpr bool IS_APART = false;

  /** @param before the cell state, `after` the one after; @returns the hidden state after */
  static Vector forward(
      const Vectors<4>& inputs, const Vectors<4>& state, Vector before, Vector& after, Vectors<4>& saved) {
    const Vector open = sigmoid(inputs[0] + state[0]);
    const Vector keep = sigmoid(inputs[1] + state[1]);
    const Vector candidate = hyperbolicTangent(inputs[2] + state[2]);
    const Vector out = sigmoid(inputs[3] + state[3]);
    saved = {open, keep, candidate, out};
    after = keep * before + open * candidate;
    return out * hyperbolicTangent(after);
  }

  /** @param carry what flows into the cell state `now`; afterwards into the one before */
  static void backward(const Vectors<4>& saved, Vector now, Vector before, Vector flow, Vector& carry,
                       Vectors<4>& inputs, Vectors<4>&) {
    const auto& [open, keep, candidate, out] = saved;
    const Vector squashed = hyperbolicTangent(now);
    const Vector cell = flow * out * (1.0f - squashed * squashed) + carry;
    inputs[0] = cell * candidate * open * (1.0f - open);
    inputs[1] = cell * before * keep * (1.0f - keep);
    inputs[2] = cell * open * (1.0f - candidate * candidate);
    inputs[3] = flow * squashed * out * (1.0f - out);
    carry = cell * keep;
  }
};

}  // namespace logitbook
