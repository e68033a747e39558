#include "decoder.h"

#include <algorithm>
#include <tuple>

#include "attention.h"
#include "elementwise.h"

namespace logitbook {

namespace {

/** Rows whose attention to a stretch one thread computes in turn: they mostly see the same tokens. */
constexpr int ROWS = 4;

size_t stretchesOf(const Sight& sight) { return logitbook::stretchesOf(sight.pastCount + sight.freshCount); }

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

}  // namespace

/** Rotated keys and values of the new tokens as the cache has them, both [kvHeads, count, headSize]. */
template <typename Number>
struct Fresh {
  std::vector<Number> keys;
  std::vector<Number> values;
};

/** What each thread computes for itself, since it takes less time than to wait for another. */
struct Decoder::Own {
  explicit Own(int thread) : thread(thread) {}

  const int thread;
  /** The residual stream, [count, width], then what is made of it for a product. */
  std::vector<float> residual;
  std::vector<float> input;
  Rows rows;
  /** One of them is in use. */
  std::tuple<Fresh<float>, Fresh<Half>> fresh;
  /** Rotated queries of the new tokens, [count, heads, headSize]. */
  std::vector<float> queries;
  /** Products with a panel. */
  std::vector<float> tile;
};

Decoder::Decoder(Model model, int threads) : model_(std::move(model)), team_(threads) {}

void Decoder::read(const Input& input, const Output& output) {
  findPlaces(input);
  const size_t count = input.count;
  queriesKeysValues_.resize(count * (model_.heads + 2 * model_.kvHeads) * model_.headSize);
  parts_.resize(count * model_.heads * stretches_ * partLength(model_.headSize));
  attended_.resize(count * model_.heads * model_.headSize);
  update_.resize(count * model_.width);
  gateUp_.resize(count * 2 * model_.feedForward);
  team_.run([&](int thread) { work(input, output, thread); });
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

void Decoder::work(const Input& input, const Output& output, int thread) {
  const int count = input.count;
  const int width = model_.width;
  Own own(thread);
  own.input.resize(static_cast<size_t>(count) * std::max(width, model_.feedForward));
  const auto normaliseRows = [&](const std::vector<float>& weights) {
    for (int row = 0; row < count; row++)
      normalise(&own.residual[row * width], weights, model_.normEpsilon, &own.input[row * width]);
  };
  const auto score = [&](int first) {
    multiply(model_.head, own.input.data(), input.askedCount, own, [&](int row) { return output.logits[first + row]; });
  };
  const auto scoreEarly = [&](size_t layer) {
    const int32_t* end = input.earlyLayers + input.earlyCount;
    const int32_t* found = std::find(input.earlyLayers, end, static_cast<int32_t>(layer));
    if (found == end || input.askedCount == 0) return;
    for (int i = 0; i < input.askedCount; i++)
      std::copy_n(&own.residual[input.asked[i] * width], width, &own.input[i * width]);
    score((1 + (found - input.earlyLayers)) * input.askedCount);
  };
  embed(input, own);
  for (size_t at = 0; at < model_.layers.size(); at++) {
    const Layer& layer = model_.layers[at];
    scoreEarly(at);
    normaliseRows(layer.attentionNorm);
    multiply(layer.queriesKeysValues, own.input.data(), count, own, rowsOf(queriesKeysValues_, layer.queriesKeysValues));
    attend(static_cast<int>(at), input, own);
    multiply(layer.attentionOutput, attended_.data(), count, own, rowsOf(update_, layer.attentionOutput));
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
  score(0);
  for (int i = 0; thread == 0 && output.hidden && i < input.askedCount; i++)
    std::copy_n(&own.input[i * width], width, output.hidden[i]);
}

void Decoder::embed(const Input& input, Own& own) const {
  own.residual.resize(static_cast<size_t>(input.count) * model_.width);
  for (int row = 0; row < input.count; row++)
    model_.embedding->read(input.tokens[row], &own.residual[static_cast<size_t>(row) * model_.width]);
}

void Decoder::attend(int layer, const Input& input, Own& own) {
#if defined(LOGITBOOK_HAS_BYTES)
  if (input.isHalved) return attendAll<Half>(layer, input, own);
#endif
  attendAll<float>(layer, input, own);
}

/** Rotates queries and keys of the new tokens, and stores keys and values as the cache has them. */
template <typename Number>
void Decoder::turn(const Input& input, Own& own) const {
  const int size = model_.headSize;
  auto& [keys, values] = std::get<Fresh<Number>>(own.fresh);
  own.queries.resize(static_cast<size_t>(input.count) * model_.heads * size);
  keys.resize(static_cast<size_t>(input.count) * model_.kvHeads * size);
  values.resize(keys.size());
  std::vector<float> key(size);
  for (int row = 0; row < input.count; row++) {
    const size_t queries = static_cast<size_t>(row) * model_.heads;
    for (int head = 0; head < model_.heads; head++)
      rotate(headOf(row, head), input.positions[row], &own.queries[(queries + head) * size]);
    for (int head = 0; head < model_.kvHeads; head++) {
      const size_t place = (static_cast<size_t>(head) * input.count + row) * size;
      rotate(headOf(row, model_.heads + head), input.positions[row], key.data());
      copy(key.data(), size, &keys[place]);
      copy(headOf(row, model_.heads + model_.kvHeads + head), size, &values[place]);
    }
  }
}

/** Rotates, then shares out the heads and stretches of all rows, and what joins them: mostly to who has made them. */
template <typename Number>
void Decoder::attendAll(int layer, const Input& input, Own& own) {
  const int size = model_.headSize;
  turn<Number>(input, own);
  const int blocks = (input.count + ROWS - 1) / ROWS;
  const int stretches = static_cast<int>(stretches_);
  team_.share(own.thread, model_.kvHeads * stretches * blocks, [&](int item) {
    const int head = item / (stretches * blocks);
    const int stretch = item / blocks % stretches;
    const int first = item % blocks * ROWS;
    for (int row = first; row < std::min(first + ROWS, input.count); row++) {
      if (stretch == 0) keep<Number>(layer, head, row, input, own);
      attendStretchOf<Number>(layer, head, row, stretch, input, own);
    }
  });
  team_.share(own.thread, model_.heads * input.count, [&](int item) {
    const int head = item / input.count;
    const int row = item % input.count;
    joinStretches(partsOf(row, head), stretchesOf(input.sights[row]), size,
                  &attended_[(static_cast<size_t>(row) * model_.heads + head) * size]);
  });
}

/** Adds the new key and value of a head of one row to the cache. */
template <typename Number>
void Decoder::keep(int layer, int head, int row, const Input& input, const Own& own) const {
  if (input.slots[row] < 0) return;
  const size_t size = model_.headSize;
  const size_t place = placeOf(input.slots[row], input.pageSize) + static_cast<size_t>(head) * input.pageSize * size;
  const auto& [keys, values] = std::get<Fresh<Number>>(own.fresh);
  const size_t from = (static_cast<size_t>(head) * input.count + row) * size;
  std::copy_n(&keys[from], size, static_cast<Number*>(input.cache[2 * layer]) + place);
  std::copy_n(&values[from], size, static_cast<Number*>(input.cache[2 * layer + 1]) + place);
}

/** The heads of one row that read one head's keys, and one stretch of those. */
template <typename Number>
void Decoder::attendStretchOf(int layer, int head, int row, size_t stretch, const Input& input, const Own& own) {
  const Sight& sight = input.sights[row];
  if (stretch >= stretchesOf(sight)) return;
  const int size = model_.headSize;
  const int groups = model_.heads / model_.kvHeads;
  const size_t inPage = static_cast<size_t>(head) * input.pageSize * size;
  const size_t first = static_cast<size_t>(head) * input.count * size;
  const auto seen = [&](const void* past, const std::vector<Number>& fresh) {
    const Number* numbers = static_cast<const Number*>(past) + inPage;
    return Seen<Number>{numbers, *places_[row], &fresh[first], sight.fresh, sight.freshCount};
  };
  const auto& [newKeys, newValues] = std::get<Fresh<Number>>(own.fresh);
  const Seen<Number> keys = seen(input.cache[2 * layer], newKeys);
  const Seen<Number> values = seen(input.cache[2 * layer + 1], newValues);
  const float* queries = &own.queries[(static_cast<size_t>(row) * model_.heads + head * groups) * size];
  attendStretch(queries, groups, size, stretch, keys, values,
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
  for (Form form : {Form::floats, Form::placed, Form::bytes}) {
    if (std::any_of(stack.begin(), stack.end(), [&](const auto& matrix) { return matrix->form() == form; })) assign(form);
  }
  own.tile.resize(static_cast<size_t>(own.rows.count()) * PANEL);
  team_.share(own.thread, panelsOf(stack), [&](int panel) {
    size_t first = 0;
    size_t at = 0;
    for (; panel >= stack[at]->panels(); first += stack[at++]->rows()) panel -= stack[at]->panels();
    const Matrix& matrix = *stack[at];
    matrix.multiply(panel, own.rows, own.tile.data());
    first += panel * PANEL;
    const int length = std::min(PANEL, matrix.rows() - panel * PANEL);
    for (int row = 0; row < count; row++) std::copy_n(&own.tile[row * PANEL], length, target(row) + first);
  });
}

}  // namespace logitbook
