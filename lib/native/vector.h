#pragma once

#include <cstdint>
#include <cstring>

/** Sixteen numbers that are computed with at once, in whatever registers the processor has for them. */
namespace logitbook {

constexpr int WIDTH = 16;

typedef float Vector __attribute__((vector_size(WIDTH * sizeof(float))));
typedef int32_t Integers __attribute__((vector_size(WIDTH * sizeof(int32_t))));
typedef uint8_t Bytes __attribute__((vector_size(WIDTH)));

/** The same, wherever they lie in memory. A copy through `memcpy` has compilers take bytes apart one by one. */
typedef Vector VectorAnywhere __attribute__((aligned(sizeof(float)), may_alias));
typedef Bytes BytesAnywhere __attribute__((aligned(1), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const VectorAnywhere*>(from); }

inline Bytes load(const uint8_t* from) { return *reinterpret_cast<const BytesAnywhere*>(from); }

inline void store(float* to, Vector vector) { *reinterpret_cast<VectorAnywhere*>(to) = vector; }

inline Vector all(float value) { return Vector{} + value; }

/** Adds the two halves of a vector. */
template <typename Half, typename Whole>
inline Half halve(Whole whole) {
  Half halves[2];
  std::memcpy(halves, &whole, sizeof(halves));
  return halves[0] + halves[1];
}

inline float sum(Vector vector) {
  typedef float Eight __attribute__((vector_size(8 * sizeof(float))));
  typedef float Four __attribute__((vector_size(4 * sizeof(float))));
  const Four four = halve<Four>(halve<Eight>(vector));
  return (four[0] + four[2]) + (four[1] + four[3]);
}

/** e to the power of each number, within 2 units in the last place (the polynomial of Cephes' expf). */
inline Vector exponential(Vector x) {
  x = x < -87.0f ? all(-87.0f) : x;
  x = x > 88.0f ? all(88.0f) : x;
  const Vector scaled = x * 1.44269504088896341f;
  const Integers power = __builtin_convertvector(scaled + (scaled < 0.0f ? all(-0.5f) : all(0.5f)), Integers);
  const Vector whole = __builtin_convertvector(power, Vector);
  const Vector rest = x - whole * 0.693359375f + whole * 2.12194440e-4f;
  Vector polynomial = all(1.9875691500e-4f);
  polynomial = polynomial * rest + 1.3981999507e-3f;
  polynomial = polynomial * rest + 8.3334519073e-3f;
  polynomial = polynomial * rest + 4.1665795894e-2f;
  polynomial = polynomial * rest + 1.6666665459e-1f;
  polynomial = polynomial * rest + 5.0000001201e-1f;
  const Vector mantissa = polynomial * rest * rest + rest + 1.0f;
  const Integers bits = (power + 127) << 23;
  Vector factor;
  std::memcpy(&factor, &bits, sizeof(factor));
  return mantissa * factor;
}

}  // namespace logitbook
