#pragma once

#include "cells.h"
#include "crew.h"
#include "panels.h"

namespace logitbook {

struct Sizes {
  int time;
  int batch;
  /** A multiple of `WIDTH`. */
  int hidden;
};

/** What the way forward reads and writes. */
struct Forward {
  /** The inputs' share of the gates, [time, batch, gates · hidden]. */
  const float* inputs;
  /** [gates · hidden, hidden] */
  const float* weight;
  /** [gates · hidden], of cells that keep the state's share apart. */
  const float* bias;
  /** The state before, [batch, hidden] each; the second of cells that have one. */
  const float* hidden;
  const float* cell;
  /** Hidden and cell states, [time, batch, hidden] each. */
  float* outputs;
  float* cells;
  /** What the way back reads, [time, batch, saved · hidden]. */
  float* saved;
};

/** What the way back reads and writes. */
struct Backward {
  /** Gradient of the outputs, [time, batch, hidden]. */
  const float* outputs;
  const float* weight;
  /** The cell state before and those after each step, of cells without one the hidden states. */
  const float* first;
  const float* states;
  const float* saved;
  /** Gradients of the inputs' share of the gates, and of the state's if it is apart, [time, batch, gates · hidden]. */
  float* fromInputs;
  float* fromState;
};

/**
 * The loop over time of recurrent layers, forward and back. Each thread takes some rows of the batch through all of
 * time and waits for no other; what it computes for a row depends on that row alone.
 */
template <typename Cell>
class Layer {
 public:
  explicit Layer(Crew& crew) : crew_(crew) {}

  void forward(const Sizes& sizes, const Forward& given) {
    const auto turn = crew_.turn();
    const int panels = sizes.hidden / WIDTH;
    gates_.resize(panels, sizes.hidden);
    const auto pack = [&](Part part) { packForward(given.weight, sizes.hidden, part); };
    crew_.run(panels, pack, sizes.batch, [&](Part rows) {
      for (int t = 0; t < sizes.time; t++) {
        for (int panel = 0; panel < panels; panel++) {
          forEachPass<Panels<GATES>::ROWS>(rows.from, rows.to, [&](int row, auto count) {
            stepForward<count>(sizes, given, t, panel, row);
          });
        }
      }
    });
  }

  void backward(const Sizes& sizes, const Backward& given) {
    const auto turn = crew_.turn();
    const int panels = (sizes.hidden + COLUMNS - 1) / COLUMNS;
    units_.resize(panels, GATES * sizes.hidden);
    flows_.clear(sizes.batch, panels * ABREAST);
    const auto pack = [&](Part part) { packBackward(given.weight, sizes.hidden, part); };
    crew_.run(panels, pack, sizes.batch, [&](Part rows) {
      for (int t = sizes.time - 1; t >= 0; t--) {
        for (int row = rows.from; row < rows.to; row++) throughGates(sizes, given, t, row);
        for (int panel = 0; t > 0 && panel < panels; panel++) {
          forEachPass<Panels<ABREAST>::ROWS>(rows.from, rows.to, [&](int row, auto count) {
            throughWeights<count>(sizes, given, t, panel, row);
          });
        }
      }
    });
  }

 private:
  static constexpr int GATES = Cell::GATES;
  static constexpr int SAVED = Cell::SAVED;
  /** Vectors of hidden units to a panel on the way back. */
  static constexpr int ABREAST = 4;
  static constexpr int COLUMNS = ABREAST * WIDTH;

  /** What flows into the states of the step before, [batch][vectors]. */
  struct Flows {
    void clear(int batch, int perRow) {
      vectors = perRow;
      hidden.assign(static_cast<size_t>(batch) * vectors, Vector{});
      carries.assign(static_cast<size_t>(batch) * vectors, Vector{});
    }
    size_t at(int row, int vector) const { return static_cast<size_t>(row) * vectors + vector; }

    int vectors;
    std::vector<Vector> hidden;
    std::vector<Vector> carries;
  };

  /** Panel i has the gates of hidden units i · WIDTH and following, row k what hidden unit k adds to them. */
  void packForward(const float* weight, int hidden, Part part) {
    for (int panel = part.from; panel < part.to; panel++) {
      for (int gate = 0; gate < GATES; gate++) {
        const float* from = weight + (static_cast<size_t>(gate) * hidden + panel * WIDTH) * hidden;
        for (int k = 0; k < hidden; k++) {
          float* to = gates_.vector(panel, k, gate);
          for (int lane = 0; lane < WIDTH; lane++) to[lane] = from[static_cast<size_t>(lane) * hidden + k];
        }
      }
    }
  }

  /** Panel i has hidden units i · COLUMNS and following, row k what the k-th of all gates lets flow to them. */
  void packBackward(const float* weight, int hidden, Part part) {
    for (int panel = part.from; panel < part.to; panel++) {
      for (int k = 0; k < GATES * hidden; k++) {
        const float* from = weight + static_cast<size_t>(k) * hidden;
        for (int vector = 0; vector < ABREAST; vector++) {
          const int unit = panel * COLUMNS + vector * WIDTH;
          const Vector numbers = unit < hidden ? load(from + unit) : Vector{};
          store(units_.vector(panel, k, vector), numbers);
        }
      }
    }
  }

  template <int COUNT>
  void stepForward(const Sizes& sizes, const Forward& given, int t, int panel, int first) {
    const int hidden = sizes.hidden;
    const int unit = panel * WIDTH;
    const float* before = stateBefore(sizes, given.hidden, given.outputs, t, first);
    const float* remembered = Cell::HAS_CELL ? stateBefore(sizes, given.cell, given.cells, t, first) : before;
    Vectors<GATES> shares[COUNT];
    gates_.template multiply<COUNT>(panel, before, hidden, shares);
    for (int i = 0; i < COUNT; i++) {
      const size_t at = place(sizes, t, first + i);
      if constexpr (Cell::IS_APART) {
        const Vectors<GATES> bias = loadEach<GATES>(given.bias + unit, hidden);
        for (int gate = 0; gate < GATES; gate++) shares[i][gate] += bias[gate];
      }
      const Vectors<GATES> inputs = loadEach<GATES>(given.inputs + at * GATES * hidden + unit, hidden);
      Vectors<SAVED> saved;
      Vector cell;
      const Vector output = Cell::forward(inputs, shares[i], load(remembered + i * hidden + unit), cell, saved);
      storeEach(given.saved + at * SAVED * hidden + unit, hidden, saved);
      if constexpr (Cell::HAS_CELL) store(given.cells + at * hidden + unit, cell);
      store(given.outputs + at * hidden + unit, output);
    }
  }

  /** Gradients of the gates of a row, and what flows into its states before beside what goes through the weights. */
  void throughGates(const Sizes& sizes, const Backward& given, int t, int row) {
    const int hidden = sizes.hidden;
    const size_t at = place(sizes, t, row);
    const float* before = stateBefore(sizes, given.first, given.states, t, row);
    for (int unit = 0; unit < hidden; unit += WIDTH) {
      const size_t flow = flows_.at(row, unit / WIDTH);
      const Vectors<SAVED> saved = loadEach<SAVED>(given.saved + at * SAVED * hidden + unit, hidden);
      const Vector now = load(given.states + at * hidden + unit);
      const Vector into = load(given.outputs + at * hidden + unit) + flows_.hidden[flow];
      Vectors<GATES> inputs, state;
      Cell::backward(saved, now, load(before + unit), into, flows_.carries[flow], inputs, state);
      storeEach(given.fromInputs + at * GATES * hidden + unit, hidden, inputs);
      if constexpr (Cell::IS_APART) storeEach(given.fromState + at * GATES * hidden + unit, hidden, state);
    }
  }

  /** What flows into the hidden states before, through the weights. */
  template <int COUNT>
  void throughWeights(const Sizes& sizes, const Backward& given, int t, int panel, int first) {
    const size_t width = static_cast<size_t>(GATES) * sizes.hidden;
    const float* gradients = (Cell::IS_APART ? given.fromState : given.fromInputs) + place(sizes, t, first) * width;
    Vectors<ABREAST> products[COUNT];
    units_.template multiply<COUNT>(panel, gradients, width, products);
    for (int i = 0; i < COUNT; i++) {
      for (int j = 0; j < ABREAST; j++) flows_.hidden[flows_.at(first + i, panel * ABREAST + j)] = products[i][j];
    }
  }

  /** The number of a row among those of all steps. */
  static size_t place(const Sizes& sizes, int t, int row) { return static_cast<size_t>(t) * sizes.batch + row; }

  static const float* stateBefore(const Sizes& sizes, const float* first, const float* states, int t, int row) {
    return t == 0 ? first + static_cast<size_t>(row) * sizes.hidden : states + place(sizes, t - 1, row) * sizes.hidden;
  }

  template <int COUNT>
  static Vectors<COUNT> loadEach(const float* from, int stride) {
    Vectors<COUNT> vectors;
    for (int i = 0; i < COUNT; i++) vectors[i] = load(from + i * stride);
    return vectors;
  }

  template <size_t COUNT>
  static void storeEach(float* to, int stride, const std::array<Vector, COUNT>& vectors) {
    for (size_t i = 0; i < COUNT; i++) store(to + i * stride, vectors[i]);
  }

  Crew& crew_;
  /** Memory for a turn: weights by the gates of hidden units, and by the hidden units that gates flow to. */
  Panels<GATES> gates_;
  Panels<ABREAST> units_;
  Flows flows_;
};

}  // namespace logitbook
