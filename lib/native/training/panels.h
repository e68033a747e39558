#pragma once

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "../passes.h"

namespace logitbook {

/** What the processor computes with at once, and as many rows at a time as have their sums in registers. */
#if defined(__AVX512F__)
typedef Vector Register;
constexpr int ROWS = 6;
#else
typedef Eight Register __attribute__((may_alias));
constexpr int ROWS = 3;
#endif

/** Calls `task` for at most `ROWS` rows at a time, with the first and with their number, known to the compiler. */
template <typename Task>
void forEachRows(int from, int to, Task task) {
  for (int passes = (to - from + ROWS - 1) / ROWS; passes > 0; passes--) {
    const int size = (to - from + passes - 1) / passes;
    withPass(
        size, [&](auto count) { task(from, count); }, std::make_integer_sequence<int, ROWS>());
    from += size;
  }
}

/** Weights in panels of `ABREAST` vectors of columns, at most 4, so that a product reads memory from front to back. */
template <int ABREAST>
class Panels {
 public:
  void resize(int panels, int rows) {
    rows_ = rows;
    vectors_.resize(static_cast<size_t>(panels) * rows * ABREAST);
  }

  /** One row of a panel, [ABREAST · WIDTH]. */
  float* row(int panel, int row) { return reinterpret_cast<float*>(&vectors_[index(panel, row)]); }

  /**
   * @param x rows, [COUNT, rows of the panel], of which each begins `stride` after the one before
   * @param products [COUNT, ABREAST]
   */
  template <int COUNT>
  void multiply(int panel, const float* x, size_t stride, std::array<Vector, ABREAST>* products) const {
    constexpr int PER_ROW = ABREAST * sizeof(Vector) / sizeof(Register);
    constexpr int AT_A_TIME = std::min(std::max(ABREAST, 2), PER_ROW);
    for (int first = 0; first < PER_ROW; first += AT_A_TIME) {
      const Register* weights = reinterpret_cast<const Register*>(&vectors_[index(panel, 0)]) + first;
      Register sums[COUNT][AT_A_TIME] = {};
      for (int row = 0; row < rows_; row++, weights += PER_ROW) {
        for (int i = 0; i < COUNT; i++) {
          for (int j = 0; j < AT_A_TIME; j++) sums[i][j] += weights[j] * x[i * stride + row];
        }
      }
      for (int i = 0; i < COUNT; i++) {
        std::memcpy(reinterpret_cast<Register*>(products[i].data()) + first, sums[i], sizeof(sums[i]));
      }
    }
  }

 private:
  size_t index(int panel, int row) const { return (static_cast<size_t>(panel) * rows_ + row) * ABREAST; }

  int rows_ = 0;
  std::vector<Vector> vectors_;
};

}  // namespace logitbook
