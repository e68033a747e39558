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

/** The form in which a matrix reads what it is multiplied with. */
enum class Form {
  /** As it is. */
  floats,
  /** Each of eight columns divided by what its place in an integer multiplies a nibble with: see `placeOfNibble`. */
  placed,
  /** Rounded to 8 bits block by block. */
  bytes,
};

/** Nibbles that share an integer, and what the place of one of them multiplies it with. */
constexpr int OCTET = 8;
constexpr float placeOfNibble(int column) {
  // The sign is in the way of the last one, which is moved to the first place instead.
  return column % OCTET == OCTET - 1 ? 1 : static_cast<float>(1 << column % OCTET * 4);
}

/** What matrices are multiplied with, row after row. */
class Rows {
 public:
  /** @param rows [count, columns], read until others are assigned */
  void assign(const float* rows, int count, int columns, Form form);

  int count() const { return count_; }

  /** The numbers of a row as they are, [columns]. */
  const float* floats(int row) const { return &floats_[static_cast<size_t>(row) * columns_]; }

  /** The same by their places. */
  const float* placed(int row) const { return &placed_[static_cast<size_t>(row) * columns_]; }

  /** The same rounded. */
  const int8_t* bytes(int row) const { return &bytes_[static_cast<size_t>(row) * columns_]; }

  /** Of each block of a row what a rounded 1 stands for, and the sum of its rounded numbers; both [blocks]. */
  const float* scales(int row) const { return &scales_[static_cast<size_t>(row) * blocks()]; }
  const int32_t* byteSums(int row) const { return &byteSums_[static_cast<size_t>(row) * blocks()]; }

  /** Of each block of a row the sum of its numbers, of the rounded ones where they are, [blocks]. */
  const float* sums(int row) const { return &sums_[static_cast<size_t>(row) * blocks()]; }

 private:
  int blocks() const { return columns_ / BLOCK; }
  void place();
  void round();

  int count_ = 0;
  int columns_ = 0;
  const float* floats_ = nullptr;
  std::vector<float> placed_;
  std::vector<int8_t> bytes_;
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
  const std::shared_ptr<uint8_t> memory_;
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
