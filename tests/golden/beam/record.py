"""Records Hugging Face's beam search over a tiny random GPT-2, into beams.json beside this file: the model's scores
after every prefix it can reach, so that a table model can stand in for it, and the sequences with their scores.

    python -m venv venv && venv/bin/pip install torch==2.13.0 transformers==5.23.0
    venv/bin/python tests/golden/beam/record.py
"""

import itertools
import json
from pathlib import Path

import torch
import transformers
from transformers import GPT2Config, GPT2LMHeadModel

VOCABULARY, DEPTH, END, PROMPT = 5, 4, 4, [0, 1]

torch.manual_seed(7)
model = GPT2LMHeadModel(
    GPT2Config(
        vocab_size=VOCABULARY,
        n_positions=16,
        n_embd=16,
        n_layer=2,
        n_head=2,
        initializer_range=0.9,
        bos_token_id=0,
        eos_token_id=END,
        pad_token_id=END,
    )
).eval()


@torch.no_grad()
def all_scores() -> dict:
    rows = {}
    for depth in range(DEPTH):
        prefixes = [PROMPT + list(rest) for rest in itertools.product(range(VOCABULARY), repeat=depth)]
        for prefix, row in zip(prefixes, model(torch.tensor(prefixes)).logits[:, -1].tolist()):
            rows[" ".join(map(str, prefix))] = row
    return rows


def search(num_beams: int, length_penalty: float, early_stopping) -> dict:
    output = model.generate(
        torch.tensor([PROMPT]),
        attention_mask=torch.ones(1, len(PROMPT), dtype=torch.long),
        num_beams=num_beams,
        num_return_sequences=num_beams,
        length_penalty=length_penalty,
        early_stopping=early_stopping,
        max_new_tokens=DEPTH,
        do_sample=False,
        return_dict_in_generate=True,
        output_scores=True,
    )
    sequences = []
    for tokens, score in zip(output.sequences.tolist(), output.sequences_scores.tolist()):
        tokens = tokens[len(PROMPT) :]
        if END in tokens:
            tokens = tokens[: tokens.index(END) + 1]
        sequences.append({"tokens": tokens, "score": score})
    options = {"numBeams": num_beams, "lengthPenalty": length_penalty, "earlyStopping": early_stopping}
    return {"options": options, "sequences": sequences}


record = {
    "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    "prompt": PROMPT,
    "maxNewTokens": DEPTH,
    "stopTokens": [END],
    "rows": all_scores(),
    "cases": [
        search(*options)
        for options in itertools.product([2, 3, 4], [-1.0, 0.0, 0.7, 1.0, 2.0], [False, True, "never"])
    ],
}
Path(__file__).with_name("beams.json").write_text(json.dumps(record) + "\n")
print(f"{len(record['cases'])} cases")
