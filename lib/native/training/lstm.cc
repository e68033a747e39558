#include "lstm.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace logitbook {

namespace {

constexpr int GATES = 4;
static_assert(GATES == ABREAST, "a panel has a vector for each gate");

Vector sigmoid(Vector x) { return 1.0f / (1.0f + exponential(-x)); }
Vector hyperbolicTangent(Vector x) { return 2.0f / (1.0f + exponential(-2.0f * x)) - 1.0f; }

/** Within its scope numbers too small for full precision are 0: they would take a hundred times as long. */
class WithoutDenormals {
 public:
#if defined(__x86_64__)
  WithoutDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }
  ~WithoutDenormals() { _mm_setcsr(before_); }

 private:
  const unsigned before_;
#endif
};

/** One thread's part of `count` things. */
struct Part {
  Part(int count, int thread, int threads) : from(count * thread / threads), to(count * (thread + 1) / threads) {}
  const int from;
  const int to;
};

/** Panel i has the gates of hidden units i · WIDTH and following, row k what hidden unit k adds to them. */
void packForward(Panels& panels, const float* weight, int hidden, Part part) {
  for (int panel = part.from; panel < part.to; panel++) {
    for (int gate = 0; gate < GATES; gate++) {
      const float* from = weight + (static_cast<size_t>(gate) * hidden + panel * WIDTH) * hidden;
      for (int k = 0; k < hidden; k++) {
        float* to = panels.row(panel, k) + gate * WIDTH;
        for (int lane = 0; lane < WIDTH; lane++) to[lane] = from[static_cast<size_t>(lane) * hidden + k];
      }
    }
  }
}

/** Panel i has hidden units i · ABREAST · WIDTH and following, row k what the k-th of all gates lets flow to them. */
void packBackward(Panels& panels, const float* weight, int hidden, Part part) {
  constexpr int COLUMNS = ABREAST * WIDTH;
  for (int panel = part.from; panel < part.to; panel++) {
    const int count = std::min(COLUMNS, hidden - panel * COLUMNS);
    for (int k = 0; k < GATES * hidden; k++) {
      const float* from = weight + static_cast<size_t>(k) * hidden + panel * COLUMNS;
      float* to = panels.row(panel, k);
      std::fill(std::copy(from, from + count, to), to + COLUMNS, 0.0f);
    }
  }
}

}  // namespace

void Lstm::forward(const LstmSizes& sizes, const LstmForward& layer) {
  std::lock_guard<std::mutex> lock(mutex_);
  const int hidden = sizes.hidden;
  const int panels = hidden / WIDTH;
  weights_.resize(panels, hidden);

  const auto step = [&](int t, int panel, int row, auto count) {
    const size_t at = static_cast<size_t>(t) * sizes.batch + row;
    const int unit = panel * WIDTH;
    const size_t before = at - sizes.batch;
    const float* state = t == 0 ? layer.hidden + row * hidden : layer.outputs + before * hidden;
    const float* cell = (t == 0 ? layer.cell + row * hidden : layer.cells + before * hidden) + unit;
    Vector sums[count][ABREAST];
    weights_.multiply<count>(panel, state, hidden, sums);
    for (int i = 0; i < count; i++) {
      const float* inputs = layer.inputs + (at + i) * GATES * hidden + unit;
      const Vector open = sigmoid(sums[i][0] + load(inputs));
      const Vector keep = sigmoid(sums[i][1] + load(inputs + hidden));
      const Vector candidate = hyperbolicTangent(sums[i][2] + load(inputs + 2 * hidden));
      const Vector out = sigmoid(sums[i][3] + load(inputs + 3 * hidden));
      const Vector next = keep * load(cell + i * hidden) + open * candidate;
      float* gates = layer.gates + (at + i) * GATES * hidden + unit;
      store(gates, open);
      store(gates + hidden, keep);
      store(gates + 2 * hidden, candidate);
      store(gates + 3 * hidden, out);
      store(layer.cells + (at + i) * hidden + unit, next);
      store(layer.outputs + (at + i) * hidden + unit, out * hyperbolicTangent(next));
    }
  };

  team_.run([&](int thread) {
    const WithoutDenormals scope;
    packForward(weights_, layer.weight, hidden, Part(panels, thread, team_.size()));
    team_.meet();
    const Part rows(sizes.batch, thread, team_.size());
    for (int t = 0; t < sizes.time; t++) {
      for (int panel = 0; panel < panels; panel++) {
        forEachRows(rows.from, rows.to, [&](int row, auto count) { step(t, panel, row, count); });
      }
    }
  });
}

void Lstm::backward(const LstmSizes& sizes, const LstmBackward& layer) {
  std::lock_guard<std::mutex> lock(mutex_);
  const int hidden = sizes.hidden;
  const int vectors = hidden / WIDTH;
  const int panels = (vectors + ABREAST - 1) / ABREAST;
  const size_t batch = sizes.batch;
  weights_.resize(panels, GATES * hidden);
  cellFlows_.assign(batch * vectors, Vector{});
  hiddenFlows_.assign(batch * panels * ABREAST, Vector{});

  /** Gradients of the gates from those of a row's outputs, and what flows into its cells before. */
  const auto throughGates = [&](int t, size_t row) {
    const size_t at = t * batch + row;
    const float* before = t == 0 ? layer.cell + row * hidden : layer.cells + (at - batch) * hidden;
    for (int i = 0; i < vectors; i++) {
      const int unit = i * WIDTH;
      const float* gates = layer.gates + at * GATES * hidden + unit;
      const Vector open = load(gates);
      const Vector keep = load(gates + hidden);
      const Vector candidate = load(gates + 2 * hidden);
      const Vector out = load(gates + 3 * hidden);
      const Vector squashed = hyperbolicTangent(load(layer.cells + at * hidden + unit));
      const Vector flow = load(layer.outputs + at * hidden + unit) + hiddenFlows_[row * panels * ABREAST + i];
      Vector& cellFlow = cellFlows_[row * vectors + i];
      const Vector cell = flow * out * (1.0f - squashed * squashed) + cellFlow;
      float* inputs = layer.inputs + at * GATES * hidden + unit;
      store(inputs, cell * candidate * open * (1.0f - open));
      store(inputs + hidden, cell * load(before + unit) * keep * (1.0f - keep));
      store(inputs + 2 * hidden, cell * open * (1.0f - candidate * candidate));
      store(inputs + 3 * hidden, flow * squashed * out * (1.0f - out));
      cellFlow = cell * keep;
    }
  };

  /** What flows into the hidden states before. */
  const auto throughWeights = [&](int t, int panel, int row, auto count) {
    Vector sums[count][ABREAST];
    const size_t width = static_cast<size_t>(GATES) * hidden;
    weights_.multiply<count>(panel, layer.inputs + (t * batch + row) * width, width, sums);
    for (int i = 0; i < count; i++) {
      const size_t at = (static_cast<size_t>(row + i) * panels + panel) * ABREAST;
      for (int j = 0; j < ABREAST; j++) hiddenFlows_[at + j] = sums[i][j];
    }
  };

  team_.run([&](int thread) {
    const WithoutDenormals scope;
    packBackward(weights_, layer.weight, hidden, Part(panels, thread, team_.size()));
    team_.meet();
    const Part rows(sizes.batch, thread, team_.size());
    for (int t = sizes.time - 1; t >= 0; t--) {
      for (int row = rows.from; row < rows.to; row++) throughGates(t, row);
      for (int panel = 0; t > 0 && panel < panels; panel++) {
        forEachRows(rows.from, rows.to, [&](int row, auto count) { throughWeights(t, panel, row, count); });
      }
    }
  });
}

}  // namespace logitbook
