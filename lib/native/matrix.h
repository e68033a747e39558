#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "vector.h"

namespace logitbook {

/** Columns that share one scale. */
constexpr int BLOCK = 32;

/** Rows of a matrix that are multiplied at once, and the vectors that they fill. */
constexpr int PANEL = 16;
constexpr int VECTORS = PANEL / WIDTH;

/** The form in which a matrix reads what it is multiplied with: as it is, or rounded to 8 bits block by block. */
enum class Form { floats, bytes };

/** What matrices are multiplied with: rows side by side, as a pass reads them. */
class Rows {
 public:
  /** @param rows [count, columns] */
  void assign(const float* rows, int count, int columns, Form form);

  int count() const { return count_; }

  /** The numbers of a pass that begins with row `first`, [columns][rows of the pass]. */
  const float* numbers(int first) const { return &numbers_[static_cast<size_t>(first) * columns_]; }

  /** The same rounded, four columns to an integer, [columns / 4][rows of the pass]. */
  const int32_t* bytes(int first) const { return &bytes_[static_cast<size_t>(first) * (columns_ / 4)]; }

  /** Of each block of a pass what a rounded 1 stands for, and the sum of its rounded numbers; both [blocks][rows]. */
  const float* scales(int first) const { return &scales_[static_cast<size_t>(first) * blocks()]; }
  const int32_t* byteSums(int first) const { return &byteSums_[static_cast<size_t>(first) * blocks()]; }

  /** Of each block of a pass the sum of its numbers, of the rounded ones where they are, [blocks][rows]. */
  const float* sums(int first) const { return &sums_[static_cast<size_t>(first) * blocks()]; }

 private:
  int blocks() const { return columns_ / BLOCK; }
  void round(const float* block, int first, int size, int row, int at);

  int count_ = 0;
  int columns_ = 0;
  std::vector<float> numbers_;
  std::vector<int32_t> bytes_;
  std::vector<float> scales_;
  std::vector<int32_t> byteSums_;
  std::vector<float> sums_;
};

/** Where the numbers of a matrix, [rows, columns], come from. */
struct Source {
  enum class Kind { nibbles, bytes, floats };
  Kind kind;
  int rows;
  int columns;
  /** Unsigned numbers around 8 or 128 as MatMulNBits has them, [rows, blocks, bytes], or float32 [rows, columns]. */
  const uint8_t* numbers;
  /** [rows, blocks]; nothing for floats. */
  const float* scales;
  /** What is added to each number of a block, [blocks, rows], or nothing. Nibbles only. */
  const float* offsets;

  /** Writes what a block's unsigned numbers are multiplied by, and for nibbles, `step` further on, what is added. */
  void copyFactors(int row, int block, float* factors, int step) const;
};

/**
 * Weights of a linear layer, y = x Wᵀ, in panels of `PANEL` rows of W. The numbers of a panel lie in the order in which
 * they are needed, so that a product reads memory from front to back. Sums are made in an order that depends on the
 * columns alone: a row of y is the same whatever is computed beside it.
 */
class Matrix {
 public:
  virtual ~Matrix() = default;

  int rows() const { return rows_; }
  int columns() const { return columns_; }
  int panels() const { return (rows_ + PANEL - 1) / PANEL; }

  /** The form of rows that `multiply` reads. */
  Form form() const { return form_; }

  /** @param products the panel's part of y, [rows of x, PANEL] */
  virtual void multiply(int panel, const Rows& x, float* products) const = 0;

  /** The numbers of one row, float [columns]. */
  virtual void read(int row, float* numbers) const = 0;

 protected:
  Matrix(const Source& source, Form form, size_t panelBytes);

  uint8_t* panel(int index) { return memory_.get() + panelBytes_ * index; }
  const uint8_t* panel(int index) const { return memory_.get() + panelBytes_ * index; }

 private:
  const int rows_;
  const int columns_;
  const Form form_;
  const size_t panelBytes_;
  std::unique_ptr<uint8_t[], void (*)(void*)> memory_;
};

/** A matrix that computes in float32. */
std::unique_ptr<Matrix> floatMatrix(const Source& source);

/** Whether there are matrices that compute with rows of the form `bytes`. */
#if defined(LOGITBOOK_HAS_BYTES)
constexpr bool HAS_BYTES = true;
#else
constexpr bool HAS_BYTES = false;
#endif

/** A matrix that computes with rows of the form `bytes`, where it is quantised and there are such. */
std::unique_ptr<Matrix> byteMatrix(const Source& source);

}  // namespace logitbook
