#pragma once

#include <immintrin.h>

namespace logitbook {

/** Rows that one pass over a matrix's numbers is multiplied with: as many as their sums fit into registers. */
constexpr int PASS = 4;

inline Vector all(float value) { return _mm256_set1_ps(value); }

/** a b + c, rounded once: the compiler is told to fuse nothing itself, since it would here and there. */
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }

/** Loads bytes as integers. */
inline Integers widen(const int8_t* from) {
  return Integers(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
}

inline Vector load(const Half* from) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

inline void store(Half* to, Vector vector) {
  const __m128i halves = _mm256_cvtps_ph(bounded(vector), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), halves);
}

inline float sum(Vector vector) { return sum(halve<Four>(vector)); }

/** The sum of each of four vectors. */
inline Four sumsOf(const Vector (&vectors)[4]) {
  const Vector pairs = _mm256_hadd_ps(vectors[0], vectors[1]);
  return halve<Four>(Vector(_mm256_hadd_ps(pairs, _mm256_hadd_ps(vectors[2], vectors[3]))));
}

/** Unsigned bytes, four to a lane. */
typedef __m256i Fours;

inline Fours loadFours(const uint8_t* from) { return _mm256_load_si256(reinterpret_cast<const __m256i*>(from)); }

inline Fours lowNibbles(Fours bytes) { return _mm256_and_si256(bytes, _mm256_set1_epi8(15)); }

inline Fours highNibbles(Fours bytes) { return lowNibbles(_mm256_srli_epi16(bytes, 4)); }

/**
 * What each lane's bytes below 16 sum up to when multiplied with signed bytes from -127 on, four at a time. Pairs are
 * summed in 16 bits, which have room for eight fours: a block's.
 */
class NibbleSums {
 public:
  /** @param four signed bytes for all lanes */
  void add(Fours weights, int32_t four) {
    pairs_ = _mm256_add_epi16(pairs_, _mm256_maddubs_epi16(weights, _mm256_set1_epi32(four)));
  }

  Integers total() const { return Integers(_mm256_madd_epi16(pairs_, _mm256_set1_epi16(1))); }

 private:
  __m256i pairs_ = _mm256_setzero_si256();
};

/** The same for all bytes, whose pairs have no room in 16 bits: nibble by nibble. */
class ByteSums {
 public:
  struct Weights {
    Fours low;
    Fours high;
  };

  static Weights prepare(Fours bytes) { return {lowNibbles(bytes), highNibbles(bytes)}; }

  void add(Weights weights, int32_t four) {
    low_.add(weights.low, four);
    high_.add(weights.high, four);
  }

  Integers total() const { return low_.total() + 16 * high_.total(); }

 private:
  NibbleSums low_;
  NibbleSums high_;
};

}  // namespace logitbook
