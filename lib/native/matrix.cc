#include "passes.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace logitbook {

namespace {

/** The nibble that stands for 0 in a block without an offset. */
constexpr float NIBBLE_ZERO = 8;

/** The largest rounded number. */
constexpr float LARGEST = 127;

float sumOf(const float* block) {
  Vector total = load(block);
  for (int i = WIDTH; i < BLOCK; i += WIDTH) total += load(block + i);
  return sum(total);
}

}  // namespace

void Rows::assign(const float* rows, int count, int columns, Form form) {
  count_ = count;
  columns_ = columns;
  const size_t perBlock = static_cast<size_t>(count) * blocks();
  sums_.resize(perBlock);
  if (form == Form::floats) {
    numbers_.resize(static_cast<size_t>(count) * columns);
  } else {
    bytes_.resize(static_cast<size_t>(count) * (columns / 4));
    scales_.resize(perBlock);
    byteSums_.resize(perBlock);
  }
  forEachPass(0, count, PASS, [&](int first, int size) {
    for (int row = 0; row < size; row++) {
      const float* from = rows + static_cast<size_t>(first + row) * columns;
      float* sums = &sums_[static_cast<size_t>(first) * blocks()];
      for (int at = 0; at < blocks(); at++) {
        const float* block = from + at * BLOCK;
        if (form == Form::bytes) round(block, first, size, row, at);
        else sums[at * size + row] = sumOf(block);
      }
      if (form == Form::bytes) continue;
      float* numbers = &numbers_[static_cast<size_t>(first) * columns];
      for (int column = 0; column < columns; column++) numbers[column * size + row] = from[column];
    }
  });
}

/** Rounds a block to multiples of its largest number's 127th part. */
void Rows::round(const float* block, int first, int size, int row, int at) {
  float largest = 0;
  for (int i = 0; i < BLOCK; i++) largest = std::max(largest, block[i] < 0 ? -block[i] : block[i]);
  const size_t place = static_cast<size_t>(first) * blocks() + at * size + row;
  const float factor = largest > 0 ? LARGEST / largest : 0;
  int8_t rounded[BLOCK];
  int32_t sum = 0;
  for (int i = 0; i < BLOCK; i++) {
    const float scaled = block[i] * factor;
    rounded[i] = static_cast<int8_t>(scaled + (scaled < 0 ? -0.5f : 0.5f));
    sum += rounded[i];
  }
  scales_[place] = largest / LARGEST;
  byteSums_[place] = sum;
  sums_[place] = scales_[place] * sum;
  int32_t* bytes = &bytes_[static_cast<size_t>(first) * (columns_ / 4) + at * (BLOCK / 4) * size + row];
  for (int four = 0; four < BLOCK / 4; four++) std::memcpy(bytes + four * size, rounded + 4 * four, 4);
}

void Source::copyFactors(int row, int block, float* factors, int step) const {
  const float scale = scales[static_cast<size_t>(row) * (columns / BLOCK) + block];
  factors[0] = scale;
  if (kind != Kind::nibbles) return;
  const float offset = offsets ? offsets[static_cast<size_t>(block) * rows + row] : 0;
  factors[step] = offset - NIBBLE_ZERO * scale;
}

Matrix::Matrix(const Source& source, Form form, size_t panelBytes)
    : rows_(source.rows), columns_(source.columns), form_(form), panelBytes_(panelBytes), memory_(nullptr, std::free) {
  memory_.reset(static_cast<uint8_t*>(std::aligned_alloc(CACHE_LINE, panelBytes * panels())));
  if (!memory_) throw std::bad_alloc();
  std::memset(panel(panels() - 1), 0, panelBytes);
}

}  // namespace logitbook
