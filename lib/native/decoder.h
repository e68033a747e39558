#pragma once

#include <memory>
#include <vector>

#include "matrix.h"
#include "team.h"

namespace logitbook {

/** Matrices whose rows are computed from the same input, side by side. */
using Stack = std::vector<std::shared_ptr<const Matrix>>;

struct Layer {
  std::vector<float> attentionNorm;
  /** Queries of all heads, keys, values. */
  Stack queriesKeysValues;
  Stack attentionOutput;
  std::vector<float> feedForwardNorm;
  /** Gate, then up. */
  Stack gateUp;
  Stack down;
};

/** A decoder of the llama architecture (Touvron et al. 2023). */
struct Model {
  int width;
  int heads;
  int kvHeads;
  int headSize;
  int feedForward;
  float normEpsilon;
  std::shared_ptr<const Matrix> embedding;
  std::vector<Layer> layers;
  std::vector<float> outputNorm;
  Stack head;
  /** Of the rotation of each half of a head, [positions, headSize / 2], multiplied by the root of the scores' scale. */
  std::vector<float> cosines;
  std::vector<float> sines;
};

/** Cached tokens that a new one sees, by slot, and new ones, in the order of their text. */
struct Sight {
  const int32_t* past;
  size_t pastCount;
  const int32_t* fresh;
  size_t freshCount;
};

/** New tokens of a tree, after cached ones: `TreeInput` of the library. */
struct Input {
  int count;
  const int32_t* tokens;
  const int32_t* positions;
  /** Which of the new tokens' logits are wanted. */
  int askedCount;
  const int32_t* asked;
  /** Layers of whose input the scores are wanted too, not normalised. */
  int earlyCount;
  const int32_t* earlyLayers;
  /**
   * Keys, then values of each layer, [pages, kvHeads, pageSize, headSize], of `float` or, where `isHalved`, of `Half`;
   * those of the new tokens are added.
   */
  void* const* cache;
  bool isHalved;
  int pageSize;
  /** Where keys and values of each new token are to be kept; -1 for those that are there already. */
  const int32_t* slots;
  /** What each new token sees, [count]. */
  const Sight* sights;
};

struct Output {
  /** Rows of [vocabulary], [1 + earlyCount, askedCount], those of the last layer first. */
  float* const* logits;
  /** What they are made of, rows of [width], [askedCount], or nothing. */
  float* const* hidden;
};

/** Reads a few tokens at a time with a team of threads. */
class Decoder {
 public:
  Decoder(Model model, int threads);

  void read(const Input& input, const Output& output);

 private:
  struct Own;

  void work(const Input& input, const Output& output, int thread);
  void embed(const Input& input, Own& own) const;
  void findPlaces(const Input& input);
  size_t placeOf(int slot, int pageSize) const;
  void attend(int layer, const Input& input, Own& own);
  template <typename Number>
  void attendAll(int layer, const Input& input, Own& own);
  template <typename Number>
  void turn(const Input& input, Own& own) const;
  template <typename Number>
  void keep(int layer, int head, int row, const Input& input, const Own& own) const;
  template <typename Number>
  void attendStretchOf(int layer, int head, int row, size_t stretch, const Input& input, const Own& own);
  float* partsOf(int row, int head);
  const float* headOf(int row, int head) const;
  void rotate(const float* head, int position, float* rotated) const;
  template <typename Target>
  void multiply(const Stack& stack, const float* rows, int count, Own& own, Target target);

  const Model model_;
  Team team_;
  /** For each new token, where the numbers of the cached ones that it sees lie in their part, for the first head. */
  std::vector<std::shared_ptr<const std::vector<size_t>>> places_;
  /** Of the row that has the most. */
  size_t stretches_ = 0;
  /** Results that one thread computes and all read, each [count, ..]. */
  std::vector<float> queriesKeysValues_;
  std::vector<float> parts_;
  std::vector<float> attended_;
  std::vector<float> update_;
  std::vector<float> gateUp_;
};

}  // namespace logitbook
