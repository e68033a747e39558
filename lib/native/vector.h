#pragma once

#include <cstdint>
#include <cstring>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

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

/** The pattern of a number of 16 bits (IEEE 754 binary16). */
typedef uint16_t Half;

#if defined(__AVX512F__)

inline Vector load(const Half* from) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

/** Rounds to the nearest numbers, the largest there is for those beyond it. */
inline void store(Half* to, Vector vector) {
  constexpr float LARGEST = 65504;
  vector = vector > LARGEST ? Vector{} + LARGEST : vector;
  vector = vector < -LARGEST ? Vector{} - LARGEST : vector;
  const __m256i halves = _mm512_cvtps_ph(vector, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), halves);
}

#endif

inline Vector all(float value) { return Vector{} + value; }

typedef float Eight __attribute__((vector_size(8 * sizeof(float))));
typedef float Four __attribute__((vector_size(4 * sizeof(float))));

/** Adds the two halves of a vector. */
template <typename Half, typename Whole>
inline Half halve(Whole whole) {
  Half halves[2];
  std::memcpy(halves, &whole, sizeof(halves));
  return halves[0] + halves[1];
}

inline float sum(Vector vector) {
  const Four four = halve<Four>(halve<Eight>(vector));
  return (four[0] + four[2]) + (four[1] + four[3]);
}

/** The highest of the numbers. */
inline float highestOf(Vector vector) {
  float highest = vector[0];
  for (int i = 1; i < WIDTH; i++) highest = vector[i] > highest ? vector[i] : highest;
  return highest;
}

/** Adds the sums of four vectors to four numbers. */
inline void addSums(const Vector (&vectors)[4], float* sums) {
#if __has_builtin(__builtin_shufflevector)
  const auto pairs = [](Vector a, Vector b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29) +
           __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
  };
  const Vector first = pairs(vectors[0], vectors[1]);
  const Vector last = pairs(vectors[2], vectors[3]);
  const Vector fours =
      __builtin_shufflevector(first, last, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
      __builtin_shufflevector(first, last, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  const Four four = halve<Four>(halve<Eight>(fours));
  for (int i = 0; i < 4; i++) sums[i] += four[i];
#else
  for (int i = 0; i < 4; i++) sums[i] += sum(vectors[i]);
#endif
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
