#include "passes.h"

namespace logitbook {

namespace {

constexpr size_t FLOATS = WIDTH * sizeof(float);

/** A block of a panel: its numbers, column after column, then the scale of each row, then each row's offset. */
constexpr size_t NIBBLES = BLOCK / 2 * WIDTH;
constexpr size_t NIBBLE_BLOCK = NIBBLES + 2 * FLOATS;
constexpr size_t BYTE_BLOCK = BLOCK * WIDTH + FLOATS;

/** The byte that stands for 0. */
constexpr int ZERO = 128;

/** Sums of even and of odd columns, apart so that neither waits for the other. */
template <int COUNT>
struct Sums {
  Vector even[COUNT] = {};
  Vector odd[COUNT] = {};

  /** @param x two columns of each row, [2][COUNT] */
  void add(Vector evenWeights, Vector oddWeights, const float* x) {
    for (int i = 0; i < COUNT; i++) {
      even[i] = multiplyAdd(evenWeights, x[i], even[i]);
      odd[i] = multiplyAdd(oddWeights, x[COUNT + i], odd[i]);
    }
  }

  Vector of(int row) const { return even[row] + odd[row]; }
};

/** Numbers of 4 bits: even columns in the low halves of the bytes, odd ones in the high halves. */
class NibbleMatrix : public Matrix {
 public:
  explicit NibbleMatrix(const Source& source) : Matrix(source, Form::floats, source.columns / BLOCK * NIBBLE_BLOCK) {
    for (int row = 0; row < source.rows; row++) pack(source, row, panel(row / WIDTH), row % WIDTH);
  }

  void multiply(int index, const Rows& rows, float* products) const override {
    forEachKnownPass<PASS>(0, rows.count(), [&](int first, auto count) {
      pass<count>(panel(index), rows.numbers(first), rows.sums(first), products + first * WIDTH);
    });
  }

  void read(int row, float* numbers) const override {
    const int lane = row % WIDTH;
    for (int column = 0; column < columns(); column++) {
      const uint8_t* block = panel(row / WIDTH) + column / BLOCK * NIBBLE_BLOCK;
      const float* factors = reinterpret_cast<const float*>(block + NIBBLES);
      const int number = block[column % BLOCK / 2 * WIDTH + lane] >> (column % 2 * 4) & 15;
      numbers[column] = factors[lane] * number + factors[WIDTH + lane];
    }
  }

 private:
  void pack(const Source& source, int row, uint8_t* block, int lane) {
    const int blocks = source.columns / BLOCK;
    for (int at = 0; at < blocks; at++, block += NIBBLE_BLOCK) {
      const size_t place = static_cast<size_t>(row) * blocks + at;
      const uint8_t* pairs = source.numbers + place * (BLOCK / 2);
      for (int pair = 0; pair < BLOCK / 2; pair++) block[pair * WIDTH + lane] = pairs[pair];
      source.copyFactors(row, at, reinterpret_cast<float*>(block + NIBBLES) + lane);
    }
  }

  template <int COUNT>
  void pass(const uint8_t* block, const float* x, const float* sums, float* products) const {
    Vector total[COUNT] = {};
    for (int at = 0; at < columns() / BLOCK; at++, block += NIBBLE_BLOCK, sums += COUNT) {
      Sums<COUNT> part;
      for (int pair = 0; pair < BLOCK / 2; pair++, x += 2 * COUNT) {
        const Integers both = widen(block + pair * WIDTH);
        part.add(toFloats(both & 15), toFloats(both >> 4), x);
      }
      const float* factors = reinterpret_cast<const float*>(block + NIBBLES);
      const Vector scale = load(factors);
      const Vector offset = load(factors + WIDTH);
      for (int i = 0; i < COUNT; i++) {
        total[i] = multiplyAdd(scale, part.of(i), total[i]);
        total[i] = multiplyAdd(offset, sums[i], total[i]);
      }
    }
    for (int i = 0; i < COUNT; i++) store(products + i * WIDTH, total[i]);
  }
};

/** Numbers of 8 bits. */
class ByteMatrix : public Matrix {
 public:
  explicit ByteMatrix(const Source& source) : Matrix(source, Form::floats, source.columns / BLOCK * BYTE_BLOCK) {
    for (int row = 0; row < source.rows; row++) pack(source, row, panel(row / WIDTH), row % WIDTH);
  }

  void multiply(int index, const Rows& rows, float* products) const override {
    forEachKnownPass<PASS>(0, rows.count(), [&](int first, auto count) {
      pass<count>(panel(index), rows.numbers(first), products + first * WIDTH);
    });
  }

  void read(int row, float* numbers) const override {
    const int lane = row % WIDTH;
    for (int column = 0; column < columns(); column++) {
      const uint8_t* block = panel(row / WIDTH) + column / BLOCK * BYTE_BLOCK;
      const float scale = reinterpret_cast<const float*>(block + BLOCK * WIDTH)[lane];
      numbers[column] = scale * (block[column % BLOCK * WIDTH + lane] - ZERO);
    }
  }

 private:
  void pack(const Source& source, int row, uint8_t* block, int lane) {
    const int blocks = source.columns / BLOCK;
    for (int at = 0; at < blocks; at++, block += BYTE_BLOCK) {
      const size_t place = static_cast<size_t>(row) * blocks + at;
      const uint8_t* bytes = source.numbers + place * BLOCK;
      for (int column = 0; column < BLOCK; column++) block[column * WIDTH + lane] = bytes[column];
      source.copyFactors(row, at, reinterpret_cast<float*>(block + BLOCK * WIDTH) + lane);
    }
  }

  template <int COUNT>
  void pass(const uint8_t* block, const float* x, float* products) const {
    Vector total[COUNT] = {};
    for (int at = 0; at < columns() / BLOCK; at++, block += BYTE_BLOCK) {
      Sums<COUNT> part;
      for (int column = 0; column < BLOCK; column += 2, x += 2 * COUNT) {
        const Integers even = widen(block + column * WIDTH);
        const Integers odd = widen(block + (column + 1) * WIDTH);
        part.add(toFloats(even - ZERO), toFloats(odd - ZERO), x);
      }
      const Vector scale = load(reinterpret_cast<const float*>(block + BLOCK * WIDTH));
      for (int i = 0; i < COUNT; i++) total[i] = multiplyAdd(scale, part.of(i), total[i]);
    }
    for (int i = 0; i < COUNT; i++) store(products + i * WIDTH, total[i]);
  }
};

/** Numbers that are not quantised, [columns][WIDTH]. */
class PlainMatrix : public Matrix {
 public:
  explicit PlainMatrix(const Source& source) : Matrix(source, Form::floats, source.columns * FLOATS) {
    for (int row = 0; row < source.rows; row++) {
      float* numbers = reinterpret_cast<float*>(panel(row / WIDTH)) + row % WIDTH;
      const size_t first = static_cast<size_t>(row) * source.columns;
      const float* from = reinterpret_cast<const float*>(source.numbers) + first;
      for (int column = 0; column < source.columns; column++) numbers[column * WIDTH] = from[column];
    }
  }

  void multiply(int index, const Rows& rows, float* products) const override {
    forEachKnownPass<PASS>(0, rows.count(), [&](int first, auto count) {
      pass<count>(numbersOf(index), rows.numbers(first), products + first * WIDTH);
    });
  }

  void read(int row, float* numbers) const override {
    const float* from = numbersOf(row / WIDTH) + row % WIDTH;
    for (int column = 0; column < columns(); column++) numbers[column] = from[column * WIDTH];
  }

 private:
  const float* numbersOf(int index) const { return reinterpret_cast<const float*>(panel(index)); }

  template <int COUNT>
  void pass(const float* numbers, const float* x, float* products) const {
    Sums<COUNT> total;
    for (int column = 0; column < columns(); column += 2, x += 2 * COUNT, numbers += 2 * WIDTH)
      total.add(load(numbers), load(numbers + WIDTH), x);
    for (int i = 0; i < COUNT; i++) store(products + i * WIDTH, total.of(i));
  }
};

}  // namespace

std::unique_ptr<Matrix> floatMatrix(const Source& source) {
  if (source.kind == Source::Kind::nibbles) return std::make_unique<NibbleMatrix>(source);
  if (source.kind == Source::Kind::bytes) return std::make_unique<ByteMatrix>(source);
  return std::make_unique<PlainMatrix>(source);
}

}  // namespace logitbook
