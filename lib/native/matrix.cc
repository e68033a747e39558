#include <algorithm>

#include "largePages.h"
#include "passes.h"

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
  floats_ = rows;
  count_ = count;
  columns_ = columns;
  if (form == Form::placed) place();
  if (form == Form::bytes) round();
}

void Rows::place() {
  const size_t size = static_cast<size_t>(count_) * columns_;
  placed_.resize(size);
  sums_.resize(size / BLOCK);
  for (size_t at = 0; at < size; at += OCTET) {
    for (int i = 0; i < OCTET; i++) placed_[at + i] = floats_[at + i] * (1 / placeOfNibble(i));
  }
  for (size_t at = 0; at < size / BLOCK; at++) sums_[at] = sumOf(floats_ + at * BLOCK);
}

/** Rounds each block to multiples of its largest number's 127th part. */
void Rows::round() {
  const size_t size = static_cast<size_t>(count_) * columns_;
  bytes_.resize(size);
  scales_.resize(size / BLOCK);
  byteSums_.resize(size / BLOCK);
  sums_.resize(size / BLOCK);
  for (size_t at = 0; at < size / BLOCK; at++) {
    const float* block = floats_ + at * BLOCK;
    Vector most{};
    for (int i = 0; i < BLOCK; i += WIDTH) {
      const Vector numbers = absolute(load(block + i));
      most = numbers > most ? numbers : most;
    }
    const float largest = highestOf(most);
    const float factor = largest > 0 ? LARGEST / largest : 0;
    Integers total{};
    for (int i = 0; i < BLOCK; i += WIDTH) {
      const Integers rounded = nearest(load(block + i) * factor);
      store(&bytes_[at * BLOCK + i], __builtin_convertvector(rounded, Bytes));
      total += rounded;
    }
    int32_t sum = 0;
    for (int i = 0; i < WIDTH; i++) sum += total[i];
    scales_[at] = largest / LARGEST;
    byteSums_[at] = sum;
    sums_[at] = scales_[at] * sum;
  }
}

void Source::copyFactors(int row, int block, float* factors, int step) const {
  const float scale = scales[static_cast<size_t>(row) * (columns / BLOCK) + block];
  factors[0] = scale;
  if (kind != Kind::nibbles) return;
  const float offset = offsets ? offsets[static_cast<size_t>(block) * rows + row] : 0;
  factors[step] = offset - NIBBLE_ZERO * scale;
}

Matrix::Matrix(const Source& source, Form form, size_t panelBytes)
    : rows_(source.rows),
      columns_(source.columns),
      form_(form),
      panelBytes_(panelBytes),
      memory_(inLargePages(panelBytes * panels())) {
  std::memset(panel(panels() - 1), 0, panelBytes);
}

}  // namespace logitbook
