#include "passes.h"

namespace logitbook {

#if defined(LOGITBOOK_HAS_BYTES)

namespace {

constexpr size_t FLOATS = WIDTH * sizeof(float);

/** Four columns of a panel's rows: what one instruction multiplies and adds up. */
constexpr int COLUMNS = 4;
constexpr size_t FOURS = COLUMNS * WIDTH;
constexpr int GROUPS = BLOCK / COLUMNS;
static_assert(GROUPS <= 8, "`NibbleSums` has room for eight fours");

/** The byte that stands for 0. */
constexpr int32_t ZERO = 128;

/** Four bytes as they lie in memory. */
int32_t fourAt(const int8_t* bytes) {
  int32_t four;
  std::memcpy(&four, bytes, sizeof(four));
  return four;
}

/**
 * Numbers of 4 or 8 bits; a panel has the blocks of one vector of rows after those of another. A block has the numbers
 * of four columns at a time, row after row; of 4-bit numbers the first half of a block in the low halves of the bytes,
 * the second in the high ones. Then follow scales, and offsets.
 */
template <Source::Kind KIND>
class DotMatrix : public Matrix {
  static constexpr bool HAS_NIBBLES = KIND == Source::Kind::nibbles;
  using BlockSums = std::conditional_t<HAS_NIBBLES, NibbleSums, ByteSums>;
  static constexpr size_t NUMBERS = GROUPS * FOURS / (HAS_NIBBLES ? 2 : 1);
  static constexpr size_t BLOCK_BYTES = NUMBERS + (HAS_NIBBLES ? 2 : 1) * FLOATS;

 public:
  explicit DotMatrix(const Source& source) : Matrix(source, Form::bytes, VECTORS * partBytes(source.columns)) {
    for (int row = 0; row < source.rows; row++)
      pack(source, row, panel(row / PANEL) + partOf(row) * partBytes(source.columns), row % WIDTH);
  }

  void multiply(int index, const Rows& rows, float* products) const override {
    forEachPass<PASS>(0, rows.count(), [&](int first, auto count) {
      for (int part = 0; part < VECTORS; part++)
        pass<count>(panel(index) + part * partBytes(columns()), rows, first, products + first * PANEL + part * WIDTH);
    });
  }

  void read(int row, float* numbers) const override {
    const int lane = row % WIDTH;
    for (int column = 0; column < columns(); column++) {
      const uint8_t* block = panel(row / PANEL) + partOf(row) * partBytes(columns()) + column / BLOCK * BLOCK_BYTES;
      const float* factors = factorsOf(block);
      const int number = numberOf(block, column % BLOCK, lane);
      numbers[column] = HAS_NIBBLES ? factors[lane] * number + factors[WIDTH + lane] : factors[lane] * (number - ZERO);
    }
  }

 private:
  /** The vector that a row of a panel is in. */
  static int partOf(int row) { return row % PANEL / WIDTH; }

  static size_t partBytes(int columns) { return columns / BLOCK * BLOCK_BYTES; }

  static const float* factorsOf(const uint8_t* block) { return reinterpret_cast<const float*>(block + NUMBERS); }

  static size_t placeOf(int column, int lane) { return column / COLUMNS * FOURS + lane * COLUMNS + column % COLUMNS; }

  static int numberOf(const uint8_t* block, int column, int lane) {
    if (!HAS_NIBBLES) return block[placeOf(column, lane)];
    const int half = BLOCK / 2;
    return block[placeOf(column % half, lane)] >> (column / half * 4) & 15;
  }

  void pack(const Source& source, int row, uint8_t* block, int lane) {
    const int blocks = source.columns / BLOCK;
    for (int at = 0; at < blocks; at++, block += BLOCK_BYTES) {
      const size_t place = static_cast<size_t>(row) * blocks + at;
      source.copyFactors(row, at, reinterpret_cast<float*>(block + NUMBERS) + lane, WIDTH);
      if (!HAS_NIBBLES) {
        for (int i = 0; i < BLOCK; i++) block[placeOf(i, lane)] = source.numbers[place * BLOCK + i];
        continue;
      }
      const uint8_t* pairs = source.numbers + place * (BLOCK / 2);
      const auto number = [&](int column) { return pairs[column / 2] >> (column % 2 * 4) & 15; };
      for (int i = 0; i < BLOCK / 2; i++) block[placeOf(i, lane)] = number(i) | number(i + BLOCK / 2) << 4;
    }
  }

  template <int COUNT>
  void pass(const uint8_t* block, const Rows& rows, int first, float* products) const {
    const int blocks = columns() / BLOCK;
    const auto bytes = beginnings<COUNT>(rows.bytes(first), columns());
    const auto byteSums = beginnings<COUNT>(rows.byteSums(first), blocks);
    const auto scales = beginnings<COUNT>(rows.scales(first), blocks);
    const auto offsetSums = beginnings<COUNT>(rows.sums(first), blocks);
    Vector total[COUNT] = {};
    for (int at = 0; at < blocks; at++, block += BLOCK_BYTES) {
      fetchAhead(block, BLOCK_BYTES);
      BlockSums part[COUNT];
      const auto add = [&](int group, auto weights) {
        for (int i = 0; i < COUNT; i++) part[i].add(weights, fourAt(bytes[i] + at * BLOCK + group * COLUMNS));
      };
      // Unrolled, the loops would have more sums on their way than there are registers.
      if constexpr (HAS_NIBBLES) {
#pragma GCC unroll 1
        for (int group = 0; group < GROUPS / 2; group++) {
          const Fours both = loadFours(block + group * FOURS);
          add(group, lowNibbles(both));
          add(group + GROUPS / 2, highNibbles(both));
        }
      } else {
#pragma GCC unroll 1
        for (int group = 0; group < GROUPS; group++) add(group, ByteSums::prepare(loadFours(block + group * FOURS)));
      }
      const Vector scale = load(factorsOf(block));
      for (int i = 0; i < COUNT; i++) {
        const Integers sums = part[i].total() - (HAS_NIBBLES ? 0 : ZERO * byteSums[i][at]);
        total[i] = multiplyAdd(toFloats(sums), scale * scales[i][at], total[i]);
        if (HAS_NIBBLES) total[i] = multiplyAdd(load(factorsOf(block) + WIDTH), offsetSums[i][at], total[i]);
      }
    }
    for (int i = 0; i < COUNT; i++) store(products + i * PANEL, total[i]);
  }
};

}  // namespace

std::unique_ptr<Matrix> byteMatrix(const Source& source) {
  if (source.kind == Source::Kind::nibbles) return std::make_unique<DotMatrix<Source::Kind::nibbles>>(source);
  if (source.kind == Source::Kind::bytes) return std::make_unique<DotMatrix<Source::Kind::bytes>>(source);
  return floatMatrix(source);
}

#else

std::unique_ptr<Matrix> byteMatrix(const Source& source) { return floatMatrix(source); }

#endif

}  // namespace logitbook
