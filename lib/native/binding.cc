#include <node_api.h>

#include <stdexcept>
#include <string>

#include "decoder.h"
#include "scores.h"

/**
 * The decoder as a module of Node.js. `hasFast`, and functions:
 * `createMatrix(precision, kind, rows, columns, numbers, scales?, offsets?)`, `createDecoder(model, threads)`, and
 * `read(decoder, input, output)`, whose objects have the fields of the structures of `decoder.h`; and those of
 * `scores.h`, `maxScore(row)` and `sumExp(row, shift, weights?)`.
 */
namespace {

using namespace logitbook;

[[noreturn]] void fail(const std::string& reason) { throw std::runtime_error(reason); }

void check(napi_status status, const char* what) {
  if (status != napi_ok) fail(std::string("expected ") + what);
}

/** Values that come from JavaScript. */
class Value {
 public:
  Value(napi_env env, napi_value value) : env_(env), value_(value) {}

  Value at(const char* name) const {
    napi_value found;
    check(napi_get_named_property(env_, value_, name, &found), name);
    return {env_, found};
  }

  Value at(uint32_t index) const {
    napi_value found;
    check(napi_get_element(env_, value_, index, &found), "an array");
    return {env_, found};
  }

  uint32_t length() const {
    uint32_t length;
    check(napi_get_array_length(env_, value_, &length), "an array");
    return length;
  }

  bool isThere() const {
    napi_valuetype type;
    check(napi_typeof(env_, value_, &type), "a value");
    return type != napi_undefined;
  }

  double number() const {
    double number;
    check(napi_get_value_double(env_, value_, &number), "a number");
    return number;
  }

  int integer() const { return static_cast<int>(number()); }

  /** Whether it is a typed array of this type. */
  bool isOf(napi_typedarray_type type) const {
    napi_typedarray_type found;
    check(napi_get_typedarray_info(env_, value_, &found, nullptr, nullptr, nullptr, nullptr), "a typed array");
    return found == type;
  }

  /** The memory of a typed array. */
  template <typename Item>
  Item* items(napi_typedarray_type type, size_t* count = nullptr) const {
    napi_typedarray_type found;
    size_t length;
    void* data;
    check(napi_get_typedarray_info(env_, value_, &found, &length, &data, nullptr, nullptr), "a typed array");
    if (found != type) fail("expected a typed array of another type");
    if (count) *count = length;
    return static_cast<Item*>(data);
  }

  float* floats(size_t* count = nullptr) const { return items<float>(napi_float32_array, count); }
  int32_t* integers(size_t* count = nullptr) const { return items<int32_t>(napi_int32_array, count); }

  double* doubles(size_t* count) const { return items<double>(napi_float64_array, count); }

  std::vector<float> vector() const {
    size_t count;
    const float* numbers = floats(&count);
    return {numbers, numbers + count};
  }

  /** The memory of each of an array of typed arrays. */
  template <typename Item = float>
  std::vector<Item*> rows(napi_typedarray_type type = napi_float32_array) const {
    std::vector<Item*> rows;
    for (uint32_t i = 0; i < length(); i++) rows.push_back(at(i).items<Item>(type));
    return rows;
  }

  template <typename Held>
  std::shared_ptr<Held> held() const {
    void* pointer;
    check(napi_get_value_external(env_, value_, &pointer), "an object of this module");
    return *static_cast<std::shared_ptr<Held>*>(pointer);
  }

 private:
  napi_env env_;
  napi_value value_;
};

template <typename Held>
napi_value hold(napi_env env, std::shared_ptr<Held> object) {
  napi_value external;
  auto* pointer = new std::shared_ptr<Held>(std::move(object));
  const auto release = [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<Held>*>(data); };
  check(napi_create_external(env, pointer, release, nullptr, &external), "memory");
  return external;
}

Stack stackOf(Value matrices) {
  Stack stack;
  for (uint32_t i = 0; i < matrices.length(); i++) stack.push_back(matrices.at(i).held<const Matrix>());
  return stack;
}

Layer layerOf(Value layer) {
  return {
      layer.at("attentionNorm").vector(),   stackOf(layer.at("queriesKeysValues")),
      stackOf(layer.at("attentionOutput")), layer.at("feedForwardNorm").vector(),
      stackOf(layer.at("gateUp")),          stackOf(layer.at("down")),
  };
}

napi_value createMatrix(napi_env env, const std::vector<Value>& arguments) {
  const bool isExact = arguments[0].integer() == 0;
  const auto kind = static_cast<Source::Kind>(arguments[1].integer());
  const auto optional = [&](size_t at) {
    return arguments.size() > at && arguments[at].isThere() ? arguments[at].floats() : nullptr;
  };
  const Source source{
      kind,
      arguments[2].integer(),
      arguments[3].integer(),
      arguments[4].items<const uint8_t>(napi_uint8_array),
      optional(5),
      optional(6),
  };
  std::shared_ptr<const Matrix> matrix = isExact ? floatMatrix(source) : byteMatrix(source);
  return hold(env, std::move(matrix));
}

napi_value createDecoder(napi_env env, const std::vector<Value>& arguments) {
  const Value& from = arguments[0];
  Model model{};
  model.width = from.at("width").integer();
  model.heads = from.at("heads").integer();
  model.kvHeads = from.at("kvHeads").integer();
  model.headSize = from.at("headSize").integer();
  model.feedForward = from.at("feedForward").integer();
  model.normEpsilon = static_cast<float>(from.at("normEpsilon").number());
  model.embedding = from.at("embedding").held<const Matrix>();
  const Value layers = from.at("layers");
  for (uint32_t i = 0; i < layers.length(); i++) model.layers.push_back(layerOf(layers.at(i)));
  model.outputNorm = from.at("outputNorm").vector();
  model.head = stackOf(from.at("head"));
  model.cosines = from.at("cosines").vector();
  model.sines = from.at("sines").vector();
  return hold(env, std::make_shared<Decoder>(std::move(model), arguments[1].integer()));
}

napi_value read(napi_env, const std::vector<Value>& arguments) {
  const auto decoder = arguments[0].held<Decoder>();
  const Value& from = arguments[1];
  const Value& to = arguments[2];
  Input input{};
  size_t count;
  input.tokens = from.at("tokens").integers(&count);
  input.count = static_cast<int>(count);
  input.positions = from.at("positions").integers();
  input.asked = from.at("asked").integers(&count);
  input.askedCount = static_cast<int>(count);
  input.earlyLayers = from.at("layers").integers(&count);
  input.earlyCount = static_cast<int>(count);
  const Value parts = from.at("cache");
  input.isHalved = HAS_BYTES && parts.at(0u).isOf(napi_uint16_array);
  const std::vector<void*> cache = parts.rows<void>(input.isHalved ? napi_uint16_array : napi_float32_array);
  input.cache = cache.data();
  input.slots = from.at("slots").integers();
  input.pageSize = from.at("pageSize").integer();
  std::vector<Sight> sights;
  const Value seen = from.at("sights");
  for (uint32_t i = 0; i < seen.length(); i++) {
    Sight sight{};
    sight.past = seen.at(i).at("past").integers(&sight.pastCount);
    sight.fresh = seen.at(i).at("fresh").integers(&sight.freshCount);
    sights.push_back(sight);
  }
  input.sights = sights.data();
  const std::vector<float*> logits = to.at("logits").rows();
  const Value states = to.at("hidden");
  const std::vector<float*> hidden = states.isThere() ? states.rows() : std::vector<float*>();
  decoder->read(input, {logits.data(), states.isThere() ? hidden.data() : nullptr});
  return nullptr;
}

napi_value numberOf(napi_env env, double number) {
  napi_value value;
  check(napi_create_double(env, number, &value), "memory");
  return value;
}

napi_value maxScore(napi_env env, const std::vector<Value>& arguments) {
  size_t count;
  const float* row = arguments[0].floats(&count);
  return numberOf(env, logitbook::maxScore(row, count));
}

napi_value sumExp(napi_env env, const std::vector<Value>& arguments) {
  size_t count;
  const float* row = arguments[0].floats(&count);
  size_t room = count;
  double* weights = arguments.size() > 2 && arguments[2].isThere() ? arguments[2].doubles(&room) : nullptr;
  if (room < count) fail("expected a weight for each score");
  return numberOf(env, logitbook::sumExp(row, count, arguments[1].number(), weights));
}

/** A function of the module: what it throws is thrown in JavaScript. */
template <napi_value (*BODY)(napi_env, const std::vector<Value>&)>
napi_value call(napi_env env, napi_callback_info info) {
  try {
    size_t count = 8;
    napi_value values[8];
    check(napi_get_cb_info(env, info, &count, values, nullptr, nullptr), "arguments");
    std::vector<Value> arguments;
    for (size_t i = 0; i < count; i++) arguments.emplace_back(env, values[i]);
    return BODY(env, arguments);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}

/** Whether this processor has what the compiler was told that it has. */
bool fitsProcessor() {
#if defined(LOGITBOOK_AVX512)
  return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#elif defined(LOGITBOOK_AVX2)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return true;
#endif
}

void define(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value value;
  check(napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value), "a function");
  check(napi_set_named_property(env, exports, name, value), "exports");
}

}  // namespace

NAPI_MODULE_INIT() {
  if (!fitsProcessor()) {
    napi_throw_error(env, nullptr, "it was compiled for another processor");
    return nullptr;
  }
  napi_value fast;
  napi_get_boolean(env, HAS_BYTES, &fast);
  napi_set_named_property(env, exports, "hasFast", fast);
  define(env, exports, "createMatrix", call<createMatrix>);
  define(env, exports, "createDecoder", call<createDecoder>);
  define(env, exports, "read", call<read>);
  define(env, exports, "maxScore", call<maxScore>);
  define(env, exports, "sumExp", call<sumExp>);
  return exports;
}
