"""Records what Hugging Face's logits processors do to a few rows, into rows.json beside this file.

    python -m venv venv && venv/bin/pip install torch==2.13.0 transformers==5.23.0
    venv/bin/python tests/golden/processors/record.py
"""

import json
from pathlib import Path

import torch
import transformers
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper


def build(stage: dict):
    if stage["type"] == "temperature":
        return TemperatureLogitsWarper(stage["t"])
    least = stage.get("minTokensToKeep", 1)
    if stage["type"] == "topK":
        return TopKLogitsWarper(stage["k"], min_tokens_to_keep=least)
    return TopPLogitsWarper(stage["p"], min_tokens_to_keep=least)


CHAINS = [
    [{"type": "temperature", "t": 0.5}],
    [{"type": "temperature", "t": 1.7}],
    [{"type": "topK", "k": 1}],
    [{"type": "topK", "k": 7}],
    [{"type": "topK", "k": 2, "minTokensToKeep": 5}],
    [{"type": "topK", "k": 500}],
    [{"type": "topP", "p": 0.0}],
    [{"type": "topP", "p": 0.15}],
    [{"type": "topP", "p": 0.9}],
    [{"type": "topP", "p": 0.999}],
    [{"type": "topP", "p": 0.3, "minTokensToKeep": 4}],
    [{"type": "temperature", "t": 0.7}, {"type": "topK", "k": 20}, {"type": "topP", "p": 0.8}],
    [{"type": "topP", "p": 0.8}, {"type": "topK", "k": 20}, {"type": "temperature", "t": 1.3}],
]


def numbers(row: torch.Tensor) -> list:
    """JSON has no infinity: null stands for a token that is ruled out."""
    return [None if value == float("-inf") else value for value in row.tolist()]


torch.manual_seed(20)
ROWS = {
    "peaked": torch.randn(1, 40) * 4,
    "flat": torch.randn(1, 40) * 0.2,
    "tied": torch.tensor([[2.0, 1.0, 1.0, 0.5, -1.0, 1.0, -3.0, 0.25]]),
    "partly ruled out": torch.randn(1, 40).index_fill(1, torch.arange(0, 40, 3), float("-inf")),
}

cases = []
for name, row in ROWS.items():
    for chain in CHAINS:
        # torch.sort leaves the order of equal scores open, so a nucleus cut between them is nobody's reference.
        if name == "tied" and any(stage["type"] == "topP" for stage in chain):
            continue
        scores = row
        for stage in chain:
            scores = build(stage)(torch.zeros(1, 1, dtype=torch.long), scores)
        cases.append({"row": name, "processors": chain, "expected": numbers(scores[0])})

record = {
    "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    "rows": {name: numbers(row[0]) for name, row in ROWS.items()},
    "cases": cases,
}
Path(__file__).with_name("rows.json").write_text(json.dumps(record) + "\n")
print(f"{len(cases)} cases")
