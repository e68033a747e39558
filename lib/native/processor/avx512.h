#pragma once

#include <immintrin.h>

namespace logitbook {

/** Rows that one pass over a matrix's numbers is multiplied with: as many as their sums fit into registers. */
constexpr int PASS = 8;

inline Vector all(float value) { return _mm512_set1_ps(value); }

/** a b + c, rounded once: the compiler is told to fuse nothing itself, since it would here and there. */
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }

/** Loads bytes as integers. */
inline Integers widen(const int8_t* from) {
  return Integers(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
}

inline Vector load(const Half* from) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

inline void store(Half* to, Vector vector) {
  const __m256i halves = _mm512_cvtps_ph(bounded(vector), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), halves);
}

inline float sum(Vector vector) { return sum(halve<Four>(halve<Eight>(vector))); }

/** The sum of each of four vectors. */
inline Four sumsOf(const Vector (&vectors)[4]) {
  constexpr int LOW_HALVES = 0x44;
  constexpr int HIGH_HALVES = 0xee;
  const auto pairs = [](Vector a, Vector b) { return Vector(_mm512_unpacklo_ps(a, b)) + _mm512_unpackhi_ps(a, b); };
  const Vector first = pairs(vectors[0], vectors[1]);
  const Vector last = pairs(vectors[2], vectors[3]);
  const Vector fours =
      Vector(_mm512_shuffle_ps(first, last, LOW_HALVES)) + _mm512_shuffle_ps(first, last, HIGH_HALVES);
  return halve<Four>(halve<Eight>(fours));
}

/** Unsigned bytes, four to a lane. */
typedef __m512i Fours;

inline Fours loadFours(const uint8_t* from) { return _mm512_load_si512(from); }

inline Fours lowNibbles(Fours bytes) { return _mm512_and_si512(bytes, _mm512_set1_epi8(15)); }

inline Fours highNibbles(Fours bytes) { return lowNibbles(_mm512_srli_epi16(bytes, 4)); }

/** What each lane's bytes sum up to when multiplied with signed bytes, four at a time. */
class ByteSums {
 public:
  typedef Fours Weights;

  static Weights prepare(Fours bytes) { return bytes; }

  /** @param four signed bytes for all lanes */
  void add(Weights weights, int32_t four) { sums_ = _mm512_dpbusd_epi32(sums_, weights, _mm512_set1_epi32(four)); }

  Integers total() const { return Integers(sums_); }

 private:
  __m512i sums_ = _mm512_setzero_si512();
};

/** The same for bytes below 16. */
typedef ByteSums NibbleSums;

}  // namespace logitbook
