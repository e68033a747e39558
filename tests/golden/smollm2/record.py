"""Records what PyTorch computes from a GGUF file of SmolLM2-135M-Instruct, for the tests of the converted model.

Usage: python record.py SmolLM2-135M-Instruct.Q4_1.gguf   (writes pytorch.json beside this script)

How the weights are read, and what to install, is in ../reference.py.
"""

import hashlib
import json
import pathlib
import sys

import gguf
import torch

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent))
import reference
PAGE = (HERE / "page.txt").read_text(encoding="utf-8")
CHAT = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"

# name, text, positions whose logits are kept (negative ones count from the end)
LOGIT_TEXTS = [
    ("short", "Transformers are the", [0, 1, 2, -1]),
    ("chat", CHAT, [0, 5, -2, -1]),
    ("mixed", "def naïve(x):\n\treturn x ** 2  # 日本語, 3.14 🙂\n", [0, 7, -1]),
    ("page", PAGE[:900], [0, 1, 63, 100, 150, -2, -1]),
]

TOKENIZER_TEXTS = [
    "Hello world! 123",
    "The quick brown fox jumps over the lazy dog.",
    "it's they're I'll WE'VE don't",
    "  two  spaces\n\n\nlines\tand\ttabs   ",
    "3.14159 and 1,000,000 in 2024",
    "naïve café déjà vu — “quotes” … 日本語 한국어 🙂👍🏽",
    "for (let i = 0; i < 10; i++) { x[i] += 1; } // ok",
    CHAT,
    "",
    " ",
    "<|im_start|><|im_end|><|endoftext|>",
]

GREEDY_PROMPTS = ["Transformers are the", "Once upon a time there was a", CHAT]
GREEDY_TOKENS = 40
KEPT_IDS = [i * 983 % 49152 for i in range(50)]


def kept_logits(row: torch.Tensor, position: int) -> dict:
    top = torch.topk(row, 20)
    return {
        "position": position,
        "topIds": top.indices.tolist(),
        "topLogits": rounded(top.values),
        "logits": rounded(row[KEPT_IDS]),
    }


def rounded(values: torch.Tensor) -> list[float]:
    return [round(v, 5) for v in values.tolist()]


def fingerprints(path: pathlib.Path) -> dict[str, str]:
    """The beginning of the SHA-256 of each tensor's float32 numbers, as gguf's own dequantisation makes them.

    Negative zeros, which numbers rebuilt by other arithmetic needn't have, are made positive.
    """
    tensors = gguf.GGUFReader(path).tensors
    numbers = {t.name: gguf.quants.dequantize(t.data, t.tensor_type).astype("<f4") + 0.0 for t in tensors}
    return {name: hashlib.sha256(array.tobytes()).hexdigest()[:16] for name, array in numbers.items()}


@torch.no_grad()
def record(path: pathlib.Path) -> dict:
    model, tokenizer = reference.load(path)

    def encode(text: str) -> list[int]:
        return reference.encode(tokenizer, text)

    def logits(ids: list[int]) -> torch.Tensor:
        return model(torch.tensor([ids])).logits[0]

    texts = []
    for name, text, positions in LOGIT_TEXTS:
        ids = encode(text)
        rows = logits(ids)
        kept = [kept_logits(rows[p], p % len(ids)) for p in positions]
        texts.append({"name": name, "text": text, "ids": ids, "rows": kept})

    page = encode(PAGE)
    loss = torch.nn.functional.cross_entropy(logits(page)[:-1].double(), torch.tensor(page[1:]))

    greedy = []
    for prompt in GREEDY_PROMPTS:
        ids, margin = encode(prompt), float("inf")
        for _ in range(GREEDY_TOKENS):
            top = torch.topk(logits(ids)[-1], 2)
            first, second = top.values.tolist()
            margin = min(margin, first - second)
            ids.append(int(top.indices[0]))
            if ids[-1] == model.config.eos_token_id:
                break
        start = len(encode(prompt))
        greedy.append({"prompt": prompt, "ids": ids[:start], "tokens": ids[start:], "smallestMargin": round(margin, 5)})

    return {
        "recordedWith": reference.versions(),
        "model": {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
        "tensors": fingerprints(path),
        "keptIds": KEPT_IDS,
        "texts": texts,
        "page": {"tokens": len(page), "nats": round(loss.item(), 6), "perplexity": round(loss.exp().item(), 4)},
        "tokenizer": [{"text": text, "ids": encode(text)} for text in TOKENIZER_TEXTS],
        "greedy": greedy,
    }


if __name__ == "__main__":
    golden = record(pathlib.Path(sys.argv[1]).resolve())
    (HERE / "pytorch.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n", encoding="utf-8")
    print(golden["page"], [g["smallestMargin"] for g in golden["greedy"]])
