#include "decoder.h"

#include <algorithm>
#include <cmath>

#include "attention.h"

namespace logitbook {

namespace {

/** Pieces that a thread's part of a product is cut into, so that one that is held up leaves its rest to the others. */
constexpr int PIECES = 16;

/** Rows whose attention to a stretch one thread computes in turn: they mostly see the same tokens. */
constexpr int ROWS = 4;

size_t stretchesOf(const Sight& sight) { return (sight.pastCount + sight.freshCount + STRETCH - 1) / STRETCH; }

size_t lengthOf(const Stack& stack) {
  size_t rows = 0;
  for (const auto& matrix : stack) rows += matrix->rows();
  return rows;
}

/** Finds the row of products with a stack, [count, rows of the stack]. */
auto rowsOf(std::vector<float>& products, const Stack& stack) {
  return [numbers = products.data(), length = lengthOf(stack)](int row) { return numbers + row * length; };
}

int panelsOf(const Stack& stack) {
  int panels = 0;
  for (const auto& matrix : stack) panels += matrix->panels();
  return panels;
}

/** RMSNorm (Zhang and Sennrich 2019). */
void normalise(const float* x, const std::vector<float>& weights, float epsilon, float* normalised) {
  const int width = static_cast<int>(weights.size());
  Vector squares{};
  for (int i = 0; i < width; i += WIDTH) squares += load(x + i) * load(x + i);
  const float factor = 1 / std::sqrt(sum(squares) / width + epsilon);
  for (int i = 0; i < width; i += WIDTH) store(normalised + i, load(x + i) * factor * load(weights.data() + i));
}

/** SwiGLU (Shazeer 2020): silu(gate) * up, of rows [gate, up]. */
void gate(const float* gateUp, int width, float* gated) {
  for (int i = 0; i < width; i += WIDTH) {
    const Vector gate = load(gateUp + i);
    store(gated + i, gate / (exponential(-gate) + 1.0f) * load(gateUp + width + i));
  }
}

void add(float* sum, const float* addend, size_t count) {
  for (size_t i = 0; i < count; i++) sum[i] += addend[i];
}

}  // namespace

/** What each thread computes for itself, since it takes less time than to wait for another. */
struct Decoder::Own {
  /** How many pieces of work have been shared out. */
  int shared = 0;
  /** The residual stream, [count, width], then what is made of it for a product. */
  std::vector<float> residual;
  std::vector<float> input;
  Rows rows;
  /** Of the new tokens rotated keys, [kvHeads, count, headSize], and rotated queries, [count, heads, headSize]. */
  std::vector<float> keys;
  std::vector<float> queries;
  /** Products with a panel. */
  std::vector<float> tile;
};

Decoder::Decoder(Model model, int threads)
    : model_(std::move(model)), team_(threads), taken_(5 * model_.layers.size() + 1) {}

void Decoder::read(const Input& input, const Output& output) {
  for (auto& taken : taken_) taken.store(0, std::memory_order_relaxed);
  findPlaces(input);
  const size_t count = input.count;
  queriesKeysValues_.resize(count * (model_.heads + 2 * model_.kvHeads) * model_.headSize);
  parts_.resize(count * model_.heads * stretches_ * partLength(model_.headSize));
  update_.resize(count * model_.width);
  gateUp_.resize(count * 2 * model_.feedForward);
  team_.run([&](int thread) { work(input, output, thread == 0); });
}

/** Tokens that share what they see share its places. */
void Decoder::findPlaces(const Input& input) {
  places_.clear();
  stretches_ = 0;
  for (int row = 0; row < input.count; row++) {
    const Sight& sight = input.sights[row];
    stretches_ = std::max(stretches_, stretchesOf(sight));
    if (row > 0 && sight.past == input.sights[row - 1].past) {
      places_.push_back(places_.back());
      continue;
    }
    auto places = std::make_shared<std::vector<size_t>>(sight.pastCount);
    for (size_t i = 0; i < sight.pastCount; i++) (*places)[i] = placeOf(sight.past[i], input.pageSize);
    places_.push_back(std::move(places));
  }
}

/** Where the numbers of a cached token lie in their part, for the first head. */
size_t Decoder::placeOf(int slot, int pageSize) const {
  const size_t inPage = slot % pageSize;
  return ((slot - inPage) * model_.kvHeads + inPage) * model_.headSize;
}

void Decoder::work(const Input& input, const Output& output, bool leads) {
  const int count = input.count;
  const int width = model_.width;
  Own own;
  own.input.resize(static_cast<size_t>(count) * std::max({width, model_.feedForward, model_.heads * model_.headSize}));
  const auto normaliseRows = [&](const std::vector<float>& weights) {
    for (int row = 0; row < count; row++)
      normalise(&own.residual[row * width], weights, model_.normEpsilon, &own.input[row * width]);
  };
  embed(input, own);
  for (size_t at = 0; at < model_.layers.size(); at++) {
    const Layer& layer = model_.layers[at];
    normaliseRows(layer.attentionNorm);
    multiply(layer.queriesKeysValues, own.input.data(), count, own, rowsOf(queriesKeysValues_, layer.queriesKeysValues));
    attendAll(static_cast<int>(at), input, own);
    multiply(layer.attentionOutput, own.input.data(), count, own, rowsOf(update_, layer.attentionOutput));
    add(own.residual.data(), update_.data(), own.residual.size());
    normaliseRows(layer.feedForwardNorm);
    multiply(layer.gateUp, own.input.data(), count, own, rowsOf(gateUp_, layer.gateUp));
    for (int row = 0; row < count; row++) {
      const size_t hidden = model_.feedForward;
      gate(&gateUp_[2 * row * hidden], model_.feedForward, &own.input[row * hidden]);
    }
    multiply(layer.down, own.input.data(), count, own, rowsOf(update_, layer.down));
    add(own.residual.data(), update_.data(), own.residual.size());
  }
  if (input.askedCount == 0) return;
  for (int i = 0; i < input.askedCount; i++)
    normalise(&own.residual[input.asked[i] * width], model_.outputNorm, model_.normEpsilon, &own.input[i * width]);
  multiply(model_.head, own.input.data(), input.askedCount, own, [&](int row) { return output.logits[row]; });
  for (int i = 0; leads && output.hidden && i < input.askedCount; i++)
    std::copy_n(&own.input[i * width], width, output.hidden[i]);
}

void Decoder::embed(const Input& input, Own& own) const {
  own.residual.resize(static_cast<size_t>(input.count) * model_.width);
  for (int row = 0; row < input.count; row++)
    model_.embedding->read(input.tokens[row], &own.residual[static_cast<size_t>(row) * model_.width]);
}

/** Rotates, then shares out the heads and stretches of all rows; the result is the thread's input. */
void Decoder::attendAll(int layer, const Input& input, Own& own) {
  const int size = model_.headSize;
  own.queries.resize(static_cast<size_t>(input.count) * model_.heads * size);
  own.keys.resize(static_cast<size_t>(input.count) * model_.kvHeads * size);
  for (int row = 0; row < input.count; row++) {
    const auto turn = [&](int head, float* rotated) { rotate(headOf(row, head), input.positions[row], rotated); };
    const size_t queries = static_cast<size_t>(row) * model_.heads;
    for (int head = 0; head < model_.heads; head++) turn(head, &own.queries[(queries + head) * size]);
    for (int head = 0; head < model_.kvHeads; head++)
      turn(model_.heads + head, &own.keys[(static_cast<size_t>(head) * input.count + row) * size]);
  }
  const int blocks = (input.count + ROWS - 1) / ROWS;
  const int stretches = static_cast<int>(stretches_);
  share(model_.kvHeads * stretches * blocks, own, [&](int item) {
    const int head = item / (stretches * blocks);
    const int stretch = item / blocks % stretches;
    const int first = item % blocks * ROWS;
    for (int row = first; row < std::min(first + ROWS, input.count); row++) {
      if (stretch == 0) keep(layer, head, row, input, own);
      const bool isNear = row > first && seeTheSame(row, row - 1, stretch);
      attendStretchOf(layer, head, row, stretch, isNear, input, own);
    }
  });
  for (int row = 0; row < input.count; row++) {
    const size_t stretchCount = stretchesOf(input.sights[row]);
    for (int head = 0; head < model_.heads; head++) {
      joinStretches(partsOf(row, head), stretchCount, size,
                    &own.input[(static_cast<size_t>(row) * model_.heads + head) * size]);
    }
  }
}

/** Adds the new key and value of a head of one row to the cache. */
void Decoder::keep(int layer, int head, int row, const Input& input, const Own& own) const {
  if (input.slots[row] < 0) return;
  const size_t size = model_.headSize;
  const size_t place = placeOf(input.slots[row], input.pageSize) + static_cast<size_t>(head) * input.pageSize * size;
  const float* key = &own.keys[(static_cast<size_t>(head) * input.count + row) * size];
  std::copy_n(key, size, input.cache[2 * layer] + place);
  std::copy_n(headOf(row, model_.heads + model_.kvHeads + head), size, input.cache[2 * layer + 1] + place);
}

/** Whether the tokens that two rows see in a stretch are cached, and the same: a token has but one text before it. */
bool Decoder::seeTheSame(int row, int other, size_t stretch) const {
  const size_t last = (stretch + 1) * STRETCH - 1;
  const auto& places = *places_[row];
  const auto& otherPlaces = *places_[other];
  return last < std::min(places.size(), otherPlaces.size()) && places[last] == otherPlaces[last];
}

/** The heads of one row that read one head's keys, and one stretch of those. */
void Decoder::attendStretchOf(int layer, int head, int row, size_t stretch, bool isNear, const Input& input,
                              const Own& own) {
  const Sight& sight = input.sights[row];
  if (stretch >= stretchesOf(sight)) return;
  const int size = model_.headSize;
  const int groups = model_.heads / model_.kvHeads;
  const size_t inPage = static_cast<size_t>(head) * input.pageSize * size;
  const auto seen = [&](const float* past, const float* fresh, size_t step) {
    return Seen{past + inPage, *places_[row], fresh, step, sight.fresh, sight.freshCount};
  };
  const size_t rowLength = headOf(1, 0) - headOf(0, 0);
  const float* newKeys = &own.keys[static_cast<size_t>(head) * input.count * size];
  const float* newValues = headOf(0, model_.heads + model_.kvHeads + head);
  const Seen keys = seen(input.cache[2 * layer], newKeys, size);
  const Seen values = seen(input.cache[2 * layer + 1], newValues, rowLength);
  const float* queries = &own.queries[(static_cast<size_t>(row) * model_.heads + head * groups) * size];
  attendStretch(queries, groups, size, stretch, keys, values, isNear,
                partsOf(row, head * groups) + stretch * partLength(size), stretches_ * partLength(size));
}

/** What the stretches of a row's head leave. */
float* Decoder::partsOf(int row, int head) {
  return &parts_[(static_cast<size_t>(row) * model_.heads + head) * stretches_ * partLength(model_.headSize)];
}

/** A head of a row of queries, keys and values side by side. */
const float* Decoder::headOf(int row, int head) const {
  const size_t heads = model_.heads + 2 * model_.kvHeads;
  return queriesKeysValues_.data() + (row * heads + head) * model_.headSize;
}

/** Rotary position embedding (Su et al. 2021) of the halves of a head. */
void Decoder::rotate(const float* head, int position, float* rotated) const {
  const int half = model_.headSize / 2;
  const float* cosines = &model_.cosines[static_cast<size_t>(position) * half];
  const float* sines = &model_.sines[static_cast<size_t>(position) * half];
  for (int i = 0; i < half; i++) {
    rotated[i] = head[i] * cosines[i] - head[half + i] * sines[i];
    rotated[half + i] = head[half + i] * cosines[i] + head[i] * sines[i];
  }
}

/** Products of `count` rows with all matrices of a stack, each row's to where `target` says; each thread does a part. */
template <typename Target>
void Decoder::multiply(const Stack& stack, const float* rows, int count, Own& own, Target target) {
  const auto assign = [&](Form form) { own.rows.assign(rows, count, stack[0]->columns(), form); };
  for (Form form : {Form::floats, Form::bytes}) {
    if (std::any_of(stack.begin(), stack.end(), [&](const auto& matrix) { return matrix->form() == form; })) assign(form);
  }
  own.tile.resize(static_cast<size_t>(own.rows.count()) * WIDTH);
  share(panelsOf(stack), own, [&](int panel) {
    size_t first = 0;
    size_t at = 0;
    for (; panel >= stack[at]->panels(); first += stack[at++]->rows()) panel -= stack[at]->panels();
    const Matrix& matrix = *stack[at];
    matrix.multiply(panel, own.rows, own.tile.data());
    first += panel * WIDTH;
    const int length = std::min(WIDTH, matrix.rows() - panel * WIDTH);
    for (int row = 0; row < count; row++) std::copy_n(&own.tile[row * WIDTH], length, target(row) + first);
  });
}

/** Does `task` for all numbers below `count`, each in one of the threads, and waits until all are done. */
template <typename Task>
void Decoder::share(int count, Own& own, Task task) {
  std::atomic<int>& taken = taken_[own.shared++];
  const int piece = std::max(1, count / (PIECES * team_.size()));
  for (;;) {
    const int first = taken.fetch_add(piece, std::memory_order_relaxed);
    if (first >= count) break;
    for (int at = first; at < std::min(first + piece, count); at++) task(at);
  }
  team_.meet();
}

}  // namespace logitbook
