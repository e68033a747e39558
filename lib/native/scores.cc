#include "scores.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "vector.h"

namespace logitbook {

namespace {

constexpr int LANES = WIDTH / 2;
typedef double Doubles __attribute__((vector_size(LANES * sizeof(double))));
typedef int64_t Longs __attribute__((vector_size(LANES * sizeof(int64_t))));
typedef float Singles __attribute__((vector_size(LANES * sizeof(float))));

/** The constants of `lib/core/exp.ts`, which says what they are. */
constexpr int STEP_BITS = 11;
constexpr int STEPS = 1 << STEP_BITS;
constexpr double STEPS_PER_UNIT = STEPS / std::numbers::ln2;
constexpr double STEP_HIGH = static_cast<int64_t>(std::numbers::ln2 / STEPS * 0x1p43) / 0x1p43;
constexpr double STEP_LOW = 9.317455709329042e-14;
constexpr double ROUNDING = 0x1.8p52;
constexpr double SMALLEST = -700;
constexpr double NOTHING = -746;

/** Bits of a float64's fraction, and what is added to its exponent. */
constexpr int FRACTION_BITS = 52;
constexpr int64_t BIAS = 1023;

constexpr double INFINITE = std::numeric_limits<double>::infinity();

/** 2^(i / STEPS). */
const std::array<double, STEPS> FRACTIONS = [] {
  std::array<double, STEPS> fractions;
  fractions.fill(1);
  double root = std::numbers::sqrt2;
  for (int bit = STEPS / 2; bit >= 1; bit /= 2, root = std::sqrt(root)) {
    for (int i = 0; i < STEPS; i++) {
      if (i & bit) fractions[i] *= root;
    }
  }
  return fractions;
}();

template <typename To, typename From>
To bitsOf(From from) {
  To to;
  static_assert(sizeof(to) == sizeof(from));
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

Doubles loadDoubles(const float* from) {
  Singles singles;
  std::memcpy(&singles, from, sizeof(singles));
  return __builtin_convertvector(singles, Doubles);
}

/** Exponentials of numbers from SMALLEST to 0; of others nothing that is of use. */
Doubles exponential(Doubles x) {
  const Doubles rounded = x * STEPS_PER_UNIT + ROUNDING;
  const Doubles n = rounded - ROUNDING;
  const Doubles r = x - n * STEP_HIGH - n * STEP_LOW;
  const Doubles series = 1 + r * (1 + r * (1.0 / 2 + r * (1.0 / 6)));
  // The last digits of what is rounded are those of n.
  const Longs digits = bitsOf<Longs>(rounded);
  const Longs step = digits & (STEPS - 1);
  Doubles fractions;
  for (int lane = 0; lane < LANES; lane++) fractions[lane] = FRACTIONS[step[lane]];
  const Longs power = ((digits - step) << (FRACTION_BITS - STEP_BITS)) + (BIAS << FRACTION_BITS);
  return series * fractions * bitsOf<Doubles>(power);
}

/** Adds up a row part by part, and tells what part of it needs care. */
class ExponentialSum {
 public:
  explicit ExponentialSum(double shift) : shift_(shift) {}

  Doubles add(Doubles scores) {
    const Doubles x = scores - shift_;
    const Longs isUsual = x > SMALLEST;
    isOdd_ |= ~isUsual & ~(x < NOTHING);
    const Doubles weights = bitsOf<Doubles>(isUsual & bitsOf<Longs>(exponential(x)));
    for (int lane = 0; lane < LANES; lane++) sum_ += weights[lane];
    return weights;
  }

  double sum() const {
    for (int lane = 0; lane < LANES; lane++) {
      if (isOdd_[lane]) return std::numeric_limits<double>::quiet_NaN();
    }
    return sum_;
  }

 private:
  const double shift_;
  double sum_ = 0;
  Longs isOdd_{};
};

}  // namespace

double maxScore(const float* row, size_t count) {
  Vector highest = all(-std::numeric_limits<float>::infinity());
  Integers isNan{};
  size_t at = 0;
  for (; at + WIDTH <= count; at += WIDTH) {
    const Vector scores = load(row + at);
    isNan |= scores != scores;
    highest = scores > highest ? scores : highest;
  }
  float max = highestOf(highest);
  bool hasNan = false;
  for (int lane = 0; lane < WIDTH; lane++) hasNan |= isNan[lane] != 0;
  for (; at < count; at++) {
    hasNan |= std::isnan(row[at]);
    max = row[at] > max ? row[at] : max;
  }
  return hasNan ? std::numeric_limits<double>::quiet_NaN() : max;
}

double sumExp(const float* row, size_t count, double shift, double* weights) {
  ExponentialSum sum(shift);
  size_t at = 0;
  for (; at + LANES <= count; at += LANES) {
    const Doubles part = sum.add(loadDoubles(row + at));
    if (weights) std::memcpy(weights + at, &part, sizeof(part));
  }
  if (at < count) {
    float rest[LANES];
    for (size_t lane = 0; lane < LANES; lane++) rest[lane] = at + lane < count ? row[at + lane] : -INFINITE;
    const Doubles part = sum.add(loadDoubles(rest));
    if (weights) std::memcpy(weights + at, &part, (count - at) * sizeof(double));
  }
  return sum.sum();
}

}  // namespace logitbook
