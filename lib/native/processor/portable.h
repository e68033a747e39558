#pragma once

namespace logitbook {

/** Rows that one pass over a matrix's numbers is multiplied with: as many as their sums fit into registers. */
constexpr int PASS = 4;

inline Vector all(float value) { return Vector{value, value, value, value}; }

/** a b + c, rounded once where the processor can. */
inline Vector multiplyAdd(Vector a, Vector b, Vector c) {
#if defined(__FP_FAST_FMAF)
  for (int i = 0; i < WIDTH; i++) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return c;
#else
  return a * b + c;
#endif
}

/** Loads bytes as integers. */
inline Integers widen(const int8_t* from) {
  return Integers{from[0], from[1], from[2], from[3]};
}

/** The sum of each of four vectors. */
inline Four sumsOf(const Vector (&vectors)[4]) {
  return Four{sum(vectors[0]), sum(vectors[1]), sum(vectors[2]), sum(vectors[3])};
}

}  // namespace logitbook
