#include <node_api.h>
#include <tensorflow/c/kernels.h>
#include <tensorflow/c/ops.h>
#include <tensorflow/c/tf_tensor.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

#include "lstm.h"

/**
 * Operations for TensorFlow's graphs, on the CPU and in float32. A module of Node.js whose load registers them:
 * `LogitbookLstm` and `LogitbookLstmGradient`, whose inputs and outputs are those of `LstmForward` and `LstmBackward`.
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

class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor) : tensor_(tensor, TF_DeleteTensor) {}

  float* numbers() const { return static_cast<float*>(TF_TensorData(tensor_.get())); }

  template <size_t RANK>
  std::array<int64_t, RANK> shape() const {
    if (TF_NumDims(tensor_.get()) != RANK) throw std::runtime_error("an input has the wrong rank");
    std::array<int64_t, RANK> shape;
    for (size_t i = 0; i < RANK; i++) shape[i] = TF_Dim(tensor_.get(), i);
    return shape;
  }

  template <size_t RANK>
  void expect(const std::array<int64_t, RANK>& expected) const {
    if (shape<RANK>() != expected) throw std::runtime_error("an input has the wrong shape");
  }

 private:
  std::unique_ptr<TF_Tensor, void (*)(TF_Tensor*)> tensor_;
};

/** One run of an operation. */
class Context {
 public:
  explicit Context(TF_OpKernelContext* context) : context_(context) {}

  Tensor input(int index) const {
    TF_Tensor* tensor = nullptr;
    const Status status;
    TF_GetInput(context_, index, &tensor, status.get());
    status.check();
    return Tensor(tensor);
  }

  /** @param reused an input whose memory may become the output's, if no one else reads it; -1 for none */
  Tensor output(int index, std::array<int64_t, 3> shape, int reused = -1) const {
    const Status status;
    const int candidates[] = {reused};
    int chosen;
    TF_Tensor* tensor = TF_ForwardInputOrAllocateOutput(
        context_, candidates, reused < 0 ? 0 : 1, index, shape.data(), shape.size(), &chosen, status.get());
    status.check();
    return Tensor(tensor);
  }

 private:
  TF_OpKernelContext* const context_;
};

/** As many threads as TensorFlow itself is told to use, or else one for each core. */
int threadCount() {
  const char* told = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int count = told == nullptr ? 0 : std::atoi(told);
  return count > 0 ? count : std::max(1u, std::thread::hardware_concurrency());
}

/** It lives as long as the process: threads that wait when the process ends need not be asked to stop. */
Lstm& lstm() {
  static Lstm* const instance = new Lstm(threadCount());
  return *instance;
}

LstmSizes sizesOf(const Tensor& gates, const Tensor& cell) {
  const auto [time, batch, width] = gates.shape<3>();
  const int64_t hidden = width / ABREAST;
  if (width != ABREAST * hidden || hidden % WIDTH != 0) throw std::runtime_error("`hidden` is no multiple of 16");
  cell.expect<2>({batch, hidden});
  return {static_cast<int>(time), static_cast<int>(batch), static_cast<int>(hidden)};
}

void computeForward(const Context& context) {
  const Tensor inputs = context.input(0), weight = context.input(1), hidden = context.input(2), cell = context.input(3);
  const LstmSizes sizes = sizesOf(inputs, cell);
  weight.expect<2>({ABREAST * sizes.hidden, sizes.hidden});
  hidden.expect<2>({sizes.batch, sizes.hidden});
  const std::array<int64_t, 3> states = {sizes.time, sizes.batch, sizes.hidden};
  const Tensor outputs = context.output(0, states);
  const Tensor cells = context.output(1, states);
  const Tensor gates = context.output(2, inputs.shape<3>(), 0);
  lstm().forward(sizes, {inputs.numbers(), weight.numbers(), hidden.numbers(), cell.numbers(), outputs.numbers(),
                         cells.numbers(), gates.numbers()});
}

void computeBackward(const Context& context) {
  const Tensor outputs = context.input(0), weight = context.input(1), cell = context.input(2), cells = context.input(3),
               gates = context.input(4);
  const LstmSizes sizes = sizesOf(gates, cell);
  weight.expect<2>({ABREAST * sizes.hidden, sizes.hidden});
  outputs.expect<3>({sizes.time, sizes.batch, sizes.hidden});
  cells.expect<3>({sizes.time, sizes.batch, sizes.hidden});
  const Tensor inputs = context.output(0, gates.shape<3>(), 4);
  lstm().backward(sizes, {outputs.numbers(), weight.numbers(), cell.numbers(), cells.numbers(), gates.numbers(),
                          inputs.numbers()});
}

template <void (*COMPUTE)(const Context&)>
void compute(void*, TF_OpKernelContext* context) {
  try {
    COMPUTE(Context(context));
  } catch (const std::exception& error) {
    const Status status;
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelContext_Failure(context, status.get());
  }
}

struct Operation {
  const char* name;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  void (*compute)(void*, TF_OpKernelContext*);
};

void define(const Operation& operation) {
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, TF_ShapeInferenceContextSetUnknownShape);
  const Status status;
  TF_RegisterOpDefinition(definition, status.get());
  status.check();
  const auto create = [](TF_OpKernelConstruction*) -> void* { return nullptr; };
  const auto remove = [](void*) {};
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(operation.name, "CPU", create, operation.compute, remove);
  TF_RegisterKernelBuilder(operation.name, kernel, status.get());
  status.check();
}

/** Once in a process, in however many of Node's threads the module is loaded. */
void defineAll() {
  define({"LogitbookLstm",
          {"inputs: float", "weight: float", "hidden: float", "cell: float"},
          {"outputs: float", "cells: float", "gates: float"},
          compute<computeForward>});
  define({"LogitbookLstmGradient",
          {"outputs: float", "weight: float", "cell: float", "cells: float", "gates: float"},
          {"inputs: float"},
          compute<computeBackward>});
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
