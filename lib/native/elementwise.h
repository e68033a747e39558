#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "vector.h"

namespace logitbook {

/** RMSNorm (Zhang and Sennrich 2019). */
inline void normalise(const float* x, const std::vector<float>& weights, float epsilon, float* normalised) {
  const int width = static_cast<int>(weights.size());
  Vector squares{};
  for (int i = 0; i < width; i += WIDTH) squares = multiplyAdd(load(x + i), load(x + i), squares);
  const float factor = 1 / std::sqrt(sum(squares) / width + epsilon);
  for (int i = 0; i < width; i += WIDTH) store(normalised + i, load(x + i) * factor * load(weights.data() + i));
}

/** SwiGLU (Shazeer 2020): silu(gate) * up, of rows [gate, up]. */
inline void gate(const float* gateUp, int width, float* gated) {
  for (int i = 0; i < width; i += WIDTH) {
    const Vector gate = load(gateUp + i);
    store(gated + i, gate / (exponential(-gate) + 1.0f) * load(gateUp + width + i));
  }
}

/** Copies as numbers of another type. */
template <typename Number>
void copy(const float* from, int size, Number* to) {
  for (int i = 0; i < size; i += WIDTH) store(to + i, load(from + i));
}

inline void add(float* sum, const float* addend, size_t count) {
  for (size_t i = 0; i < count; i++) sum[i] += addend[i];
}

}  // namespace logitbook
