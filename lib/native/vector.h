#pragma once

#include <cstdint>
#include <cstring>

/**
 * Numbers that are computed with at once, in a register of the processor: vectors wider than that are taken apart by
 * compilers, often through memory. What processors do differently is in `processor/`.
 */
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
#define LOGITBOOK_AVX512
#elif defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#define LOGITBOOK_AVX2
#endif

/** Whether the processor multiplies bytes faster than float32, and knows numbers of 16 bits. */
#if defined(LOGITBOOK_AVX512) || defined(LOGITBOOK_AVX2)
#define LOGITBOOK_HAS_BYTES
#endif

namespace logitbook {

#if defined(LOGITBOOK_AVX512)
constexpr int WIDTH = 16;
#elif defined(LOGITBOOK_AVX2)
constexpr int WIDTH = 8;
#else
constexpr int WIDTH = 4;
#endif

typedef float Vector __attribute__((vector_size(WIDTH * sizeof(float))));
typedef int32_t Integers __attribute__((vector_size(WIDTH * sizeof(int32_t))));
typedef int8_t Bytes __attribute__((vector_size(WIDTH)));

/** The same, wherever they lie in memory. */
typedef Vector VectorAnywhere __attribute__((aligned(sizeof(float)), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const VectorAnywhere*>(from); }

inline Integers load(const int32_t* from) {
  Integers integers;
  std::memcpy(&integers, from, sizeof(integers));
  return integers;
}

inline void store(float* to, Vector vector) { *reinterpret_cast<VectorAnywhere*>(to) = vector; }

inline void store(int8_t* to, Bytes bytes) { std::memcpy(to, &bytes, sizeof(bytes)); }

inline Vector toFloats(Integers integers) { return __builtin_convertvector(integers, Vector); }

/** The pattern of a number of 16 bits (IEEE 754 binary16). */
typedef uint16_t Half;

/** The nearest numbers that 16 bits have room for. */
inline Vector bounded(Vector vector) {
  const Vector LARGEST = Vector{} + 65504.0f;
  vector = vector > LARGEST ? LARGEST : vector;
  return vector < -LARGEST ? -LARGEST : vector;
}

typedef float Eight __attribute__((vector_size(8 * sizeof(float))));
typedef float Four __attribute__((vector_size(4 * sizeof(float))));

/** Adds the two halves of a vector. */
template <typename Part, typename Whole>
inline Part halve(Whole whole) {
  Part parts[2];
  std::memcpy(parts, &whole, sizeof(parts));
  return parts[0] + parts[1];
}

inline float sum(Four four) { return (four[0] + four[2]) + (four[1] + four[3]); }

}  // namespace logitbook

#if defined(LOGITBOOK_AVX512)
#include "processor/avx512.h"
#elif defined(LOGITBOOK_AVX2)
#include "processor/avx2.h"
#else
#include "processor/portable.h"
#endif

namespace logitbook {

inline Vector multiplyAdd(Vector a, float b, Vector c) { return multiplyAdd(a, all(b), c); }

inline Vector absolute(Vector vector) { return vector < 0.0f ? -vector : vector; }

/** The nearest integers, those away from 0 of two. */
inline Integers nearest(Vector vector) {
  return __builtin_convertvector(vector + (vector < 0.0f ? all(-0.5f) : all(0.5f)), Integers);
}

/** The highest of the numbers. */
inline float highestOf(Vector vector) {
  float highest = vector[0];
  for (int i = 1; i < WIDTH; i++) highest = vector[i] > highest ? vector[i] : highest;
  return highest;
}

/** e to the power of each number, within 2 units in the last place (the polynomial of Cephes' expf). */
inline Vector exponential(Vector x) {
  x = x < -87.0f ? all(-87.0f) : x;
  x = x > 88.0f ? all(88.0f) : x;
  const Integers power = nearest(x * 1.44269504088896341f);
  const Vector whole = toFloats(power);
  const Vector rest = multiplyAdd(whole, 2.12194440e-4f, multiplyAdd(whole, -0.693359375f, x));
  Vector polynomial = all(1.9875691500e-4f);
  for (const float factor : {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f})
    polynomial = multiplyAdd(polynomial, rest, all(factor));
  const Vector mantissa = multiplyAdd(polynomial * rest, rest, rest) + 1.0f;
  const Integers bits = (power + 127) << 23;
  Vector factor;
  std::memcpy(&factor, &bits, sizeof(factor));
  return mantissa * factor;
}

}  // namespace logitbook
