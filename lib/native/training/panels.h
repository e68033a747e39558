#pragma once

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "../passes.h"

namespace logitbook {

/**
 * Weights in panels of `ABREAST` vectors of columns. Those of the vectors that are multiplied at once lie in the order
 * in which they are needed, so that a product reads memory from front to back.
 */
template <int ABREAST>
class Panels {
  /** How many sums fit into registers, and of how many vectors they are: with few, less of the weights is read. */
  static constexpr int SUMS = WIDTH == 16 ? 24 : 12;
  static constexpr int AT_A_TIME = WIDTH < 16 && ABREAST % 2 == 0 ? 2 : ABREAST;

 public:
  /** Rows that are multiplied at once, at most. */
  static constexpr int ROWS = std::min(SUMS / AT_A_TIME, 8);

  void resize(int panels, int rows) {
    rows_ = rows;
    vectors_.resize(static_cast<size_t>(panels) * rows * ABREAST);
  }

  /** A vector of a row of a panel. */
  float* vector(int panel, int row, int vector) {
    return reinterpret_cast<float*>(&vectors_[index(panel, vector) + static_cast<size_t>(row) * AT_A_TIME]);
  }

  /**
   * @param x rows, [COUNT, rows of the panel], of which each begins `stride` after the one before
   * @param products [COUNT, ABREAST]
   */
  template <int COUNT>
  void multiply(int panel, const float* x, size_t stride, std::array<Vector, ABREAST>* products) const {
    for (int first = 0; first < ABREAST; first += AT_A_TIME) {
      const Vector* weights = &vectors_[index(panel, first)];
      Vector sums[COUNT][AT_A_TIME] = {};
// Steps are so short that counting them takes a fifth of the time.
#pragma GCC unroll 4
      for (int row = 0; row < rows_; row++, weights += AT_A_TIME) {
        for (int i = 0; i < COUNT; i++) {
          for (int j = 0; j < AT_A_TIME; j++) sums[i][j] = multiplyAdd(weights[j], x[i * stride + row], sums[i][j]);
        }
      }
      for (int i = 0; i < COUNT; i++) std::copy_n(sums[i], AT_A_TIME, products[i].begin() + first);
    }
  }

 private:
  /** Where a vector of a panel's first row is. */
  size_t index(int panel, int vector) const {
    const size_t before = static_cast<size_t>(panel) * ABREAST + vector / AT_A_TIME * AT_A_TIME;
    return before * rows_ + vector % AT_A_TIME;
  }

  int rows_ = 0;
  std::vector<Vector> vectors_;
};

}  // namespace logitbook
