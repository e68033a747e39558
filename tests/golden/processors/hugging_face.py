"""Hugging Face's logits processor for a stage of a recipe. Those that a version lacks fail when they are asked for."""

import torch
from transformers.generation import logits_process as hf


def watermark(stage: dict) -> dict:
    names = {
        "greenlistRatio": "greenlist_ratio",
        "bias": "bias",
        "hashingKey": "hashing_key",
        "seedingScheme": "seeding_scheme",
        "contextWidth": "context_width",
    }
    return {names[name]: value for name, value in stage.items() if name in names}


def build(stage: dict, prompts: torch.Tensor, context: dict):
    """`prompts` holds one row for each text; `context` has vocabSize, endTokens and maxNewTokens."""
    least = {"min_tokens_to_keep": stage.get("minTokensToKeep", 1)}
    start = prompts.shape[1]
    ends = context["endTokens"]
    new = stage.get("window") == "generated"
    return {
        "temperature": lambda: hf.TemperatureLogitsWarper(stage["t"]),
        "topK": lambda: hf.TopKLogitsWarper(stage["k"], **least),
        "topP": lambda: hf.TopPLogitsWarper(stage["p"], **least),
        "minP": lambda: hf.MinPLogitsWarper(stage["p"], **least),
        "typical": lambda: hf.TypicalLogitsWarper(stage["mass"], **least),
        "epsilon": lambda: hf.EpsilonLogitsWarper(stage["cutoff"], **least),
        "eta": lambda: hf.EtaLogitsWarper(stage["cutoff"], **least),
        "topH": lambda: hf.TopHLogitsWarper(stage["h"]),
        "repetitionPenalty": lambda: hf.RepetitionPenaltyLogitsProcessor(
            stage["penalty"], prompt_ignore_length=start if new else None
        ),
        "encoderRepetitionPenalty": lambda: hf.EncoderRepetitionPenaltyLogitsProcessor(stage["penalty"], prompts),
        "noRepeatNgram": lambda: hf.NoRepeatNGramLogitsProcessor(stage["size"]),
        "encoderNoRepeatNgram": lambda: hf.EncoderNoRepeatNGramLogitsProcessor(stage["size"], prompts),
        "badWords": lambda: hf.NoBadWordsLogitsProcessor(stage["words"], ends),
        "sequenceBias": lambda: hf.SequenceBiasLogitsProcessor([[run, bias] for run, bias in stage["biases"]]),
        "suppressTokens": lambda: (
            hf.SuppressTokensAtBeginLogitsProcessor(stage["tokens"], start)
            if stage.get("atBegin")
            else hf.SuppressTokensLogitsProcessor(stage["tokens"])
        ),
        "minLength": lambda: hf.MinLengthLogitsProcessor(stage["n"], ends),
        "minNewTokens": lambda: hf.MinNewTokensLengthLogitsProcessor(start, stage["n"], ends),
        "forcedFirst": lambda: hf.ForcedBOSTokenLogitsProcessor(stage["token"]),
        "forcedEnd": lambda: hf.ForcedEOSTokenLogitsProcessor(start + context["maxNewTokens"], stage["token"]),
        "exponentialDecayLength": lambda: hf.ExponentialDecayLengthPenalty(
            (stage["start"], stage["factor"]), ends, start
        ),
        "watermark": lambda: hf.WatermarkLogitsProcessor(context["vocabSize"], "cpu", **watermark(stage)),
        "normalize": lambda: hf.LogitNormalization(),
    }[stage["type"]]()
