#pragma once

#include <mutex>
#include <vector>

#include "../team.h"
#include "panels.h"

namespace logitbook {

struct LstmSizes {
  int time;
  int batch;
  /** A multiple of `WIDTH`. */
  int hidden;
};

/** Gates are in PyTorch's order: input, forget, candidate, output. */
struct LstmForward {
  /** The inputs' share of the gates, [time, batch, 4 · hidden]. */
  const float* inputs;
  /** [4 · hidden, hidden] */
  const float* weight;
  /** The state before, [batch, hidden] each. */
  const float* hidden;
  const float* cell;
  /** Hidden and cell states, [time, batch, hidden] each. */
  float* outputs;
  float* cells;
  /** The gates after their sigmoid or tanh, [time, batch, 4 · hidden]. */
  float* gates;
};

struct LstmBackward {
  /** Gradient of the outputs, [time, batch, hidden]. */
  const float* outputs;
  const float* weight;
  const float* cell;
  const float* cells;
  const float* gates;
  /** Gradient of the inputs' share of the gates, [time, batch, 4 · hidden]; may lie where `gates` do. */
  float* inputs;
};

/**
 * The loop over time of an LSTM layer, forward and back. Each thread takes some rows of the batch through all of time
 * and waits for no other; what it computes for a row depends on that row alone.
 */
class Lstm {
 public:
  explicit Lstm(int threads) : team_(threads) {}

  void forward(const LstmSizes& sizes, const LstmForward& layer);
  void backward(const LstmSizes& sizes, const LstmBackward& layer);

 private:
  /** One layer at a time: the team and the memory are for all. */
  std::mutex mutex_;
  Team team_;
  Panels weights_;
  /** What flows back into the states of the step before: cells, then hidden states. */
  std::vector<Vector> cellFlows_;
  std::vector<Vector> hiddenFlows_;
};

}  // namespace logitbook
