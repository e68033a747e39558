#include <node_api.h>
#include <tensorflow/c/kernels.h>
#include <tensorflow/c/ops.h>
#include <tensorflow/c/tf_tensor.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

#include "layer.h"

/**
 * Operations for TensorFlow's graphs, on the CPU and in float32. A module of Node.js whose load registers them:
 * `LogitbookRnn`, `LogitbookGru`, `LogitbookLstm`, and for each its gradient, such as `LogitbookRnnGradient`. Their
 * inputs and outputs are those of `Forward` and `Backward`, in that order, as far as the cell has them.
 */
namespace {

using namespace logitbook;

/** A status that becomes an exception. */
class Status {
 public:
  TF_Status* get() const { return status_.get(); }

  void check() const {
    if (TF_GetCode(get()) != TF_OK) throw std::runtime_error(TF_Message(get()));
  }

 private:
  std::unique_ptr<TF_Status, void (*)(TF_Status*)> status_{TF_NewStatus(), TF_DeleteStatus};
};

/** A tensor of the operation that runs, or none. */
class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor = nullptr) : tensor_(tensor, TF_DeleteTensor) {}

  float* numbers() const { return tensor_ ? static_cast<float*>(TF_TensorData(tensor_.get())) : nullptr; }

  template <size_t RANK>
  std::array<int64_t, RANK> shape() const {
    if (TF_NumDims(tensor_.get()) != RANK) throw std::runtime_error("an input has the wrong rank");
    std::array<int64_t, RANK> shape;
    for (size_t i = 0; i < RANK; i++) shape[i] = TF_Dim(tensor_.get(), i);
    return shape;
  }

  template <size_t RANK>
  Tensor expect(const std::array<int64_t, RANK>& expected) && {
    if (shape<RANK>() != expected) throw std::runtime_error("an input has the wrong shape");
    return std::move(*this);
  }

 private:
  std::unique_ptr<TF_Tensor, void (*)(TF_Tensor*)> tensor_;
};

/** One run of an operation, which takes its inputs and outputs in order. */
class Context {
 public:
  explicit Context(TF_OpKernelContext* context) : context_(context) {}

  Tensor input() {
    TF_Tensor* tensor = nullptr;
    const Status status;
    TF_GetInput(context_, inputs_++, &tensor, status.get());
    status.check();
    return Tensor(tensor);
  }

  /** [time, batch, vectors · hidden] */
  Tensor output(const Sizes& sizes, int vectors) {
    const int64_t shape[] = {sizes.time, sizes.batch, vectors * sizes.hidden};
    const size_t bytes = shape[0] * shape[1] * shape[2] * sizeof(float);
    const Status status;
    TF_Tensor* tensor = TF_AllocateOutput(context_, outputs_++, TF_FLOAT, shape, 3, bytes, status.get());
    status.check();
    return Tensor(tensor);
  }

 private:
  TF_OpKernelContext* const context_;
  int inputs_ = 0;
  int outputs_ = 0;
};

/** As many threads as TensorFlow itself is told to use, or else one for each core. */
int threadCount() {
  const char* told = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int count = told == nullptr ? 0 : std::atoi(told);
  return count > 0 ? count : std::max(1u, std::thread::hardware_concurrency());
}

/** They live as long as the process: threads that wait when the process ends need not be asked to stop. */
Crew& crew() {
  static Crew* const instance = new Crew(threadCount());
  return *instance;
}

template <typename Cell>
Layer<Cell>& layer() {
  static Layer<Cell>* const instance = new Layer<Cell>(crew());
  return *instance;
}

/** @param tensor [time, batch, vectors · hidden] */
Sizes sizesOf(const Tensor& tensor, int vectors) {
  const auto [time, batch, width] = tensor.shape<3>();
  if (width % (vectors * WIDTH) != 0) throw std::runtime_error("`hidden` is no multiple of 16");
  return {static_cast<int>(time), static_cast<int>(batch), static_cast<int>(width / vectors)};
}

template <typename Cell>
void computeForward(Context& context) {
  const Tensor inputs = context.input();
  const Sizes sizes = sizesOf(inputs, Cell::GATES);
  const int width = Cell::GATES * sizes.hidden;
  const Tensor weight = context.input().expect<2>({width, sizes.hidden});
  const Tensor bias = Cell::IS_APART ? context.input().expect<1>({width}) : Tensor();
  const Tensor hidden = context.input().expect<2>({sizes.batch, sizes.hidden});
  const Tensor cell = Cell::HAS_CELL ? context.input().expect<2>({sizes.batch, sizes.hidden}) : Tensor();
  const Tensor outputs = context.output(sizes, 1);
  const Tensor cells = Cell::HAS_CELL ? context.output(sizes, 1) : Tensor();
  const Tensor saved = Cell::SAVED > 0 ? context.output(sizes, Cell::SAVED) : Tensor();
  layer<Cell>().forward(sizes, {inputs.numbers(), weight.numbers(), bias.numbers(), hidden.numbers(),
                                      cell.numbers(), outputs.numbers(), cells.numbers(), saved.numbers()});
}

template <typename Cell>
void computeBackward(Context& context) {
  const Tensor outputs = context.input();
  const Sizes sizes = sizesOf(outputs, 1);
  const auto [time, batch, hidden] = sizes;
  const Tensor weight = context.input().expect<2>({Cell::GATES * hidden, hidden});
  const Tensor first = context.input().expect<2>({batch, hidden});
  const Tensor states = context.input().expect<3>({time, batch, hidden});
  const Tensor saved = Cell::SAVED > 0 ? context.input().expect<3>({time, batch, Cell::SAVED * hidden}) : Tensor();
  const Tensor fromInputs = context.output(sizes, Cell::GATES);
  const Tensor fromState = Cell::IS_APART ? context.output(sizes, Cell::GATES) : Tensor();
  layer<Cell>().backward(sizes, {outputs.numbers(), weight.numbers(), first.numbers(), states.numbers(),
                                       saved.numbers(), fromInputs.numbers(), fromState.numbers()});
}

template <void (*COMPUTE)(Context&)>
void compute(void*, TF_OpKernelContext* given) {
  try {
    Context context(given);
    COMPUTE(context);
  } catch (const std::exception& error) {
    const Status status;
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelContext_Failure(given, status.get());
  }
}

using Names = std::vector<std::string>;

void define(const std::string& name, const Names& inputs, const Names& outputs,
            void (*compute)(void*, TF_OpKernelContext*)) {
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name.c_str());
  for (const auto& input : inputs) TF_OpDefinitionBuilderAddInput(definition, (input + ": float").c_str());
  for (const auto& output : outputs) TF_OpDefinitionBuilderAddOutput(definition, (output + ": float").c_str());
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, TF_ShapeInferenceContextSetUnknownShape);
  const Status status;
  TF_RegisterOpDefinition(definition, status.get());
  status.check();
  const auto create = [](TF_OpKernelConstruction*) -> void* { return nullptr; };
  const auto remove = [](void*) {};
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(name.c_str(), "CPU", create, compute, remove);
  TF_RegisterKernelBuilder(name.c_str(), kernel, status.get());
  status.check();
}

template <typename Cell>
void defineCell(const std::string& name) {
  const auto present = [](std::initializer_list<std::pair<const char*, bool>> all) {
    Names names;
    for (const auto& [name, isThere] : all) {
      if (isThere) names.push_back(name);
    }
    return names;
  };
  const auto inputs = present(
      {{"inputs", true}, {"weight", true}, {"bias", Cell::IS_APART}, {"hidden", true}, {"cell", Cell::HAS_CELL}});
  const auto outputs = present({{"outputs", true}, {"cells", Cell::HAS_CELL}, {"saved", Cell::SAVED > 0}});
  define(name, inputs, outputs, compute<computeForward<Cell>>);
  const auto above = present(
      {{"outputs", true}, {"weight", true}, {"first", true}, {"states", true}, {"saved", Cell::SAVED > 0}});
  const auto below = present({{"from_inputs", true}, {"from_state", Cell::IS_APART}});
  define(name + "Gradient", above, below, compute<computeBackward<Cell>>);
}

/** Once in a process, in however many of Node's threads the module is loaded. */
void defineAll() {
  defineCell<RnnCell>("LogitbookRnn");
  defineCell<GruCell>("LogitbookGru");
  defineCell<LstmCell>("LogitbookLstm");
}

}  // namespace

NAPI_MODULE_INIT() {
  static std::once_flag once;
  try {
    std::call_once(once, defineAll);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return exports;
}
