#include <array>

#include "passes.h"

namespace logitbook {

namespace {

constexpr size_t FLOATS = PANEL * sizeof(float);

/** A block of a panel: its numbers, then the scale of each row, then each row's offset. */
constexpr size_t NIBBLES = BLOCK / 2 * PANEL;
constexpr size_t NIBBLE_BLOCK = NIBBLES + 2 * FLOATS;
constexpr size_t BYTE_BLOCK = BLOCK * PANEL + FLOATS;

/** The unsigned byte that stands for 0. */
constexpr int ZERO = 128;

/** Numbers of a panel: those of a column, or a row of its products. */
using Column = std::array<Vector, VECTORS>;

template <typename Make>
Column columnOf(Make make) {
  Column column;
  for (int i = 0; i < VECTORS; i++) column[i] = make(i * WIDTH);
  return column;
}

Column loadColumn(const float* from) {
  return columnOf([&](int lane) { return load(from + lane); });
}

void storeColumn(float* to, const Column& column) {
  for (int i = 0; i < VECTORS; i++) store(to + i * WIDTH, column[i]);
}

void addProducts(Column& sums, const Column& a, const Column& b) {
  for (int i = 0; i < VECTORS; i++) sums[i] = multiplyAdd(a[i], b[i], sums[i]);
}

void addProducts(Column& sums, const Column& a, float b) {
  for (int i = 0; i < VECTORS; i++) sums[i] = multiplyAdd(a[i], b, sums[i]);
}

/** Sums of products; where a panel is one vector those of even and of odd columns, so that neither waits for the other. */
template <int COUNT>
class Sums {
  static constexpr int APART = VECTORS == 1 ? 2 : 1;

 public:
  Sums() {
    for (auto& rows : sums_) {
      for (Column& sum : rows) sum = {};
    }
  }

  /** @param x where each row is read from */
  template <int COLUMN>
  void add(const Column& weights, const std::array<const float*, COUNT>& x, int at) {
    for (int i = 0; i < COUNT; i++) addProducts(sums_[COLUMN % APART][i], weights, x[i][at + COLUMN]);
  }

  Column of(int row) const {
    if constexpr (APART == 1) return sums_[0][row];
    return columnOf([&](int lane) { return sums_[0][row][lane / WIDTH] + sums_[APART - 1][row][lane / WIDTH]; });
  }

 private:
  Column sums_[APART][COUNT];
};

/** The nibble of one column in each row's integer, multiplied with what its place multiplies it with. */
template <int COLUMN>
Vector nibblesOf(Integers octets) {
  if constexpr (COLUMN < OCTET - 1) return toFloats(octets & (15 << COLUMN * 4));
  return toFloats(octets >> COLUMN * 4 & 15);
}

/** Numbers of 4 bits: those of eight columns are an integer for each row. */
class NibbleMatrix : public Matrix {
 public:
  explicit NibbleMatrix(const Source& source) : Matrix(source, Form::placed, source.columns / BLOCK * NIBBLE_BLOCK) {
    for (int row = 0; row < source.rows; row++) pack(source, row, panel(row / PANEL), row % PANEL);
  }

  void multiply(int index, const Rows& rows, float* products) const override {
    forEachPass<PASS>(0, rows.count(), [&](int first, auto count) {
      pass<count>(panel(index), rows, first, products + first * PANEL);
    });
  }

  void read(int row, float* numbers) const override {
    const int lane = row % PANEL;
    for (int column = 0; column < columns(); column++) {
      const uint8_t* block = panel(row / PANEL) + column / BLOCK * NIBBLE_BLOCK;
      const float* factors = reinterpret_cast<const float*>(block + NIBBLES);
      const int number = block[pairOf(column % BLOCK, lane)] >> (column % 2 * 4) & 15;
      numbers[column] = factors[lane] * number + factors[PANEL + lane];
    }
  }

 private:
  /** Which byte of a block has the nibble of a column and of its neighbour. */
  static size_t pairOf(int column, int lane) {
    const size_t octet = column / OCTET * PANEL + lane;
    return octet * (OCTET / 2) + column % OCTET / 2;
  }

  void pack(const Source& source, int row, uint8_t* block, int lane) {
    const int blocks = source.columns / BLOCK;
    for (int at = 0; at < blocks; at++, block += NIBBLE_BLOCK) {
      const size_t place = static_cast<size_t>(row) * blocks + at;
      const uint8_t* pairs = source.numbers + place * (BLOCK / 2);
      for (int column = 0; column < BLOCK; column += 2) block[pairOf(column, lane)] = pairs[column / 2];
      source.copyFactors(row, at, reinterpret_cast<float*>(block + NIBBLES) + lane, PANEL);
    }
  }

  template <int COUNT>
  void pass(const uint8_t* block, const Rows& rows, int first, float* products) const {
    const int blocks = columns() / BLOCK;
    const auto x = beginnings<COUNT>(rows.placed(first), columns());
    const auto sums = beginnings<COUNT>(rows.sums(first), blocks);
    Column total[COUNT] = {};
    for (int at = 0; at < blocks; at++, block += NIBBLE_BLOCK) {
      fetchAhead(block, NIBBLE_BLOCK);
      Sums<COUNT> part;
      for (int octet = 0; octet < BLOCK / OCTET; octet++) {
        const int32_t* octets = reinterpret_cast<const int32_t*>(block) + octet * PANEL;
        forEachNumber<OCTET>([&](auto column) {
          const Column weights = columnOf([&](int lane) { return nibblesOf<column>(load(octets + lane)); });
          part.template add<column>(weights, x, at * BLOCK + octet * OCTET);
        });
      }
      const float* factors = reinterpret_cast<const float*>(block + NIBBLES);
      const Column scale = loadColumn(factors);
      const Column offset = loadColumn(factors + PANEL);
      for (int i = 0; i < COUNT; i++) {
        addProducts(total[i], scale, part.of(i));
        addProducts(total[i], offset, sums[i][at]);
      }
    }
    for (int i = 0; i < COUNT; i++) storeColumn(products + i * PANEL, total[i]);
  }
};

/** Numbers of 8 bits, signed, column after column. */
class ByteMatrix : public Matrix {
 public:
  explicit ByteMatrix(const Source& source) : Matrix(source, Form::floats, source.columns / BLOCK * BYTE_BLOCK) {
    for (int row = 0; row < source.rows; row++) pack(source, row, panel(row / PANEL), row % PANEL);
  }

  void multiply(int index, const Rows& rows, float* products) const override {
    forEachPass<PASS>(0, rows.count(), [&](int first, auto count) {
      pass<count>(panel(index), beginnings<count>(rows.floats(first), columns()), products + first * PANEL);
    });
  }

  void read(int row, float* numbers) const override {
    const int lane = row % PANEL;
    for (int column = 0; column < columns(); column++) {
      const uint8_t* block = panel(row / PANEL) + column / BLOCK * BYTE_BLOCK;
      const float scale = reinterpret_cast<const float*>(block + BLOCK * PANEL)[lane];
      numbers[column] = scale * static_cast<int8_t>(block[column % BLOCK * PANEL + lane]);
    }
  }

 private:
  void pack(const Source& source, int row, uint8_t* block, int lane) {
    const int blocks = source.columns / BLOCK;
    for (int at = 0; at < blocks; at++, block += BYTE_BLOCK) {
      const size_t place = static_cast<size_t>(row) * blocks + at;
      const uint8_t* bytes = source.numbers + place * BLOCK;
      for (int column = 0; column < BLOCK; column++) block[column * PANEL + lane] = bytes[column] - ZERO;
      source.copyFactors(row, at, reinterpret_cast<float*>(block + BLOCK * PANEL) + lane, PANEL);
    }
  }

  template <int COUNT>
  void pass(const uint8_t* block, const std::array<const float*, COUNT>& x, float* products) const {
    Column total[COUNT] = {};
    for (int at = 0; at < columns() / BLOCK; at++, block += BYTE_BLOCK) {
      fetchAhead(block, BYTE_BLOCK);
      Sums<COUNT> part;
      for (int column = 0; column < BLOCK; column += 2) {
        const int8_t* even = reinterpret_cast<const int8_t*>(block) + column * PANEL;
        const int8_t* odd = even + PANEL;
        part.template add<0>(columnOf([&](int lane) { return toFloats(widen(even + lane)); }), x, at * BLOCK + column);
        part.template add<1>(columnOf([&](int lane) { return toFloats(widen(odd + lane)); }), x, at * BLOCK + column);
      }
      const Column scale = loadColumn(reinterpret_cast<const float*>(block + BLOCK * PANEL));
      for (int i = 0; i < COUNT; i++) addProducts(total[i], scale, part.of(i));
    }
    for (int i = 0; i < COUNT; i++) storeColumn(products + i * PANEL, total[i]);
  }
};

/** Numbers that are not quantised, [columns][PANEL]. */
class PlainMatrix : public Matrix {
 public:
  explicit PlainMatrix(const Source& source) : Matrix(source, Form::floats, source.columns * FLOATS) {
    for (int row = 0; row < source.rows; row++) {
      float* numbers = reinterpret_cast<float*>(panel(row / PANEL)) + row % PANEL;
      const size_t first = static_cast<size_t>(row) * source.columns;
      const float* from = reinterpret_cast<const float*>(source.numbers) + first;
      for (int column = 0; column < source.columns; column++) numbers[column * PANEL] = from[column];
    }
  }

  void multiply(int index, const Rows& rows, float* products) const override {
    forEachPass<PASS>(0, rows.count(), [&](int first, auto count) {
      pass<count>(numbersOf(index), beginnings<count>(rows.floats(first), columns()), products + first * PANEL);
    });
  }

  void read(int row, float* numbers) const override {
    const float* from = numbersOf(row / PANEL) + row % PANEL;
    for (int column = 0; column < columns(); column++) numbers[column] = from[column * PANEL];
  }

 private:
  const float* numbersOf(int index) const { return reinterpret_cast<const float*>(panel(index)); }

  template <int COUNT>
  void pass(const float* numbers, const std::array<const float*, COUNT>& x, float* products) const {
    Sums<COUNT> total;
    for (int column = 0; column < columns(); column += 2, numbers += 2 * PANEL) {
      total.template add<0>(loadColumn(numbers), x, column);
      total.template add<1>(loadColumn(numbers + PANEL), x, column);
    }
    for (int i = 0; i < COUNT; i++) storeColumn(products + i * PANEL, total.of(i));
  }
};

}  // namespace

std::unique_ptr<Matrix> floatMatrix(const Source& source) {
  if (source.kind == Source::Kind::nibbles) return std::make_unique<NibbleMatrix>(source);
  if (source.kind == Source::Kind::bytes) return std::make_unique<ByteMatrix>(source);
  return std::make_unique<PlainMatrix>(source);
}

}  // namespace logitbook
