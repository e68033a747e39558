"""Records what Hugging Face's logits processors do to a few rows, into rows.json beside this file.

    python -m venv venv && venv/bin/pip install torch==2.13.0 transformers==5.23.0
    venv/bin/python tests/golden/processors/record.py
"""

import json
from pathlib import Path

import torch
import transformers
from transformers import PreTrainedConfig, WatermarkDetector, WatermarkingConfig
from transformers.generation import logits_process as hf

from hugging_face import build, watermark


def one(type: str, **fields) -> list:
    return [{"type": type, **fields}]


# Each runs on every row, after the same few tokens.
CHAINS = [
    one("temperature", t=0.5),
    one("temperature", t=1.7),
    one("topK", k=1),
    one("topK", k=7),
    one("topK", k=2, minTokensToKeep=5),
    one("topK", k=500),
    one("topP", p=0.0),
    one("topP", p=0.15),
    one("topP", p=0.9),
    one("topP", p=0.999),
    one("topP", p=0.3, minTokensToKeep=4),
    one("temperature", t=0.7) + one("topK", k=20) + one("topP", p=0.8),
    one("topP", p=0.8) + one("topK", k=20) + one("temperature", t=1.3),
    one("minP", p=0.0),
    one("minP", p=0.1),
    one("minP", p=0.7),
    one("minP", p=1.0, minTokensToKeep=3),
    one("typical", mass=0.2),
    one("typical", mass=0.9),
    one("typical", mass=0.1, minTokensToKeep=4),
    one("epsilon", cutoff=0.01),
    one("epsilon", cutoff=0.2),
    one("epsilon", cutoff=0.3, minTokensToKeep=4),
    one("eta", cutoff=0.002),
    one("eta", cutoff=0.1),
    one("eta", cutoff=0.5, minTokensToKeep=4),
    one("topH", h=0.1),
    one("topH", h=0.5),
    one("topH", h=0.95),
    one("repetitionPenalty", penalty=1.3),
    one("repetitionPenalty", penalty=0.6),
    one("repetitionPenalty", penalty=1.3, window="generated"),
    one("encoderRepetitionPenalty", penalty=1.4),
    one("noRepeatNgram", size=1),
    one("badWords", words=[[3], [2]]),
    one("sequenceBias", biases=[[[4], 2.5], [[5], -1.5]]),
    one("suppressTokens", tokens=[0, 6]),
    one("minLength", n=9),
    one("exponentialDecayLength", start=1, factor=1.3),
    one("watermark"),
    one("normalize"),
    one("repetitionPenalty", penalty=1.2) + one("temperature", t=0.8) + one("minP", p=0.05) + one("normalize"),
]

# Each runs on one row, after the tokens it names.
PLACED = [
    (one("noRepeatNgram", size=2), [1, 2, 3], [1, 2, 3, 7, 2]),
    (one("noRepeatNgram", size=3), [1, 2, 3], [1, 2, 3, 1, 2, 5, 1, 2]),
    (one("noRepeatNgram", size=3), [1, 2], [1, 2]),
    (one("noRepeatNgram", size=4), [1], [1]),
    (one("noRepeatNgram", size=2), [5], [5, 5]),
    (one("encoderNoRepeatNgram", size=2), [1, 2, 3], [1, 2, 3, 7, 8, 7]),
    (one("encoderNoRepeatNgram", size=2), [1, 2, 3], [1, 2, 3, 7, 2]),
    (one("encoderNoRepeatNgram", size=3), [1, 2, 3, 1, 2, 4], [1, 2, 3, 1, 2, 4, 9, 1, 2]),
    (one("encoderNoRepeatNgram", size=1), [1, 2, 3], [1, 2, 3, 7]),
    (one("encoderNoRepeatNgram", size=3), [1], [1]),
    (one("badWords", words=[[5], [1, 2, 9], [2, 8], [39]]), [7, 1], [7, 1, 2]),
    (one("badWords", words=[[1, 2, 9], [6, 7, 1, 2, 8]]), [1], [1, 2]),
    (one("sequenceBias", biases=[[[9], 1.0], [[2, 9], 2.0], [[1, 2, 9], 4.0], [[3, 9], 8.0]]), [1], [1, 2]),
    (one("sequenceBias", biases=[[[2, 9], 2.0], [[2, 9], -3.0], [[2, 4], 0.5]]), [1], [1, 2]),
    (one("suppressTokens", tokens=[3, 39], atBegin=True), [1, 2], [1, 2]),
    (one("suppressTokens", tokens=[3, 39], atBegin=True), [1, 2], [1, 2, 6]),
    (one("minLength", n=4), [1, 2], [1, 2, 3]),
    (one("minLength", n=4), [1, 2], [1, 2, 3, 4]),
    (one("minNewTokens", n=2), [1, 2], [1, 2, 3]),
    (one("minNewTokens", n=2), [1, 2], [1, 2, 3, 4]),
    (one("forcedFirst", token=11), [1], [1]),
    (one("forcedFirst", token=11), [1], [1, 4]),
    (one("forcedEnd", token=12), [1, 2], [1, 2, 3, 4, 5]),
    (one("forcedEnd", token=12), [1, 2], [1, 2, 3, 4]),
    (one("exponentialDecayLength", start=1, factor=1.5), [1, 2], [1, 2, 3]),
    (one("exponentialDecayLength", start=1, factor=1.5), [1, 2], [1, 2, 3, 4]),
    (one("exponentialDecayLength", start=1, factor=1.5), [1, 2], [1, 2, 3, 4, 5, 6]),
    (one("exponentialDecayLength", start=0, factor=0.5), [1], [1, 2, 3]),
    (one("watermark", greenlistRatio=0.5, bias=3.0, hashingKey=42), [1, 2], [1, 2, 3]),
    (one("watermark", hashingKey=9007199254740881), [1, 2], [1, 2, 39]),
    (one("watermark", contextWidth=5), [1, 2], [1, 2, 3]),
    (one("watermark", seedingScheme="selfhash"), [1, 2], [1, 2, 3]),
    (one("watermark", seedingScheme="selfhash", contextWidth=3, greenlistRatio=0.4), [1, 2], [1, 2, 30, 4]),
]


def short(value: float) -> float:
    return float(f"{value:.9g}")


def numbers(row: torch.Tensor) -> list:
    """JSON has no infinity: null stands for a token that is ruled out."""
    return [None if value == float("-inf") else short(value) for value in row.tolist()]


torch.manual_seed(20)
ROWS = {
    "peaked": torch.randn(1, 40) * 4,
    "flat": torch.randn(1, 40) * 0.2,
    "tied": torch.tensor([[2.0, 1.0, 1.0, 0.5, -1.0, 1.0, -3.0, 0.25]]),
    "partly ruled out": torch.randn(1, 40).index_fill(1, torch.arange(0, 40, 3), float("-inf")),
}
# Sorting leaves the order of equal scores open, so a cut between them is nobody's reference.
SORTING = {"topP", "minP", "typical", "topH"}


def run(name: str, chain: list, prompt: list, tokens: list, end: int) -> dict:
    scores = ROWS[name]
    context = {"vocabSize": scores.shape[1], "prompt": prompt, "maxNewTokens": 4, "endTokens": [2, end]}
    for stage in chain:
        scores = build(stage, torch.tensor([prompt]), context)(torch.tensor([tokens]), scores)
    return {"row": name, "context": context, "tokens": tokens, "processors": chain, "expected": numbers(scores[0])}


cases = []
for name in ROWS:
    for chain in CHAINS:
        if name == "tied" and any(stage["type"] in SORTING for stage in chain):
            continue
        cases.append(run(name, chain, [1, 3, 3], [1, 3, 3, 5, 0, 5], 7))
for chain, prompt, tokens in PLACED:
    cases.append(run("peaked", chain, prompt, tokens, 39))

DETECTIONS = [
    {},
    {"greenlistRatio": 0.5, "hashingKey": 42},
    {"seedingScheme": "selfhash"},
    {"seedingScheme": "selfhash", "contextWidth": 2},
    {"contextWidth": 3, "ignoreRepeatedNgrams": True},
]


def detect(options: dict) -> dict:
    vocab_size = 300
    once = options.get("ignoreRepeatedNgrams", False)
    config = WatermarkingConfig(**watermark(options))
    processor = hf.WatermarkLogitsProcessor(vocab_size, "cpu", **config.to_dict())
    tokens = torch.randint(1, vocab_size, (1, 4))
    for _ in range(36):
        scores = processor(tokens, torch.randn(1, vocab_size))
        tokens = torch.cat([tokens, scores.argmax(-1, keepdim=True)], -1)
    tokens = torch.cat([tokens, tokens[:, :8]], -1)
    model = PreTrainedConfig(vocab_size=vocab_size, bos_token_id=0)
    out = WatermarkDetector(model, "cpu", config, ignore_repeated_ngrams=once)(tokens, return_dict=True)
    return {
        "options": {"vocabSize": vocab_size, **options},
        "tokens": tokens[0].tolist(),
        "expected": {
            "tokensScored": int(out.num_tokens_scored[0]),
            "greenTokens": int(out.num_green_tokens[0]),
            "greenFraction": float(out.green_fraction[0]),
            "zScore": float(out.z_score[0]),
            "pValue": float(out.p_value[0]),
            "watermarked": bool(out.prediction[0]),
        },
    }


record = {
    "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    "rows": {name: numbers(row[0]) for name, row in ROWS.items()},
    "cases": cases,
    "detections": [detect(options) for options in DETECTIONS],
}
Path(__file__).with_name("rows.json").write_text(json.dumps(record) + "\n")
print(f"{len(cases)} cases")
