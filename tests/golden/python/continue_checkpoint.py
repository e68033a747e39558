"""Opens a transformer checkpoint in Python, compares its logits with ours, and trains it one step on the CPU.

    node --input-type=module -e '...' > logits.json     {"tokens": [...], "logits": [[...], ...]} from `allLogits`
    python continue_checkpoint.py RUN/checkpoints/STEP logits.json

Needs torch and transformers. Prints one JSON object: the largest difference, and the loss before and after the step.
"""

import json
import sys

import torch
from transformers import AutoModelForCausalLM

directory, recorded = sys.argv[1:]
with open(recorded, encoding="utf-8") as file:
    ours = json.load(file)
model = AutoModelForCausalLM.from_pretrained(directory).eval()
tokens = torch.tensor([ours["tokens"]])
with torch.no_grad():
    difference = (model(tokens).logits[0] - torch.tensor(ours["logits"])).abs().max().item()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
before = model.train()(tokens, labels=tokens).loss
before.backward()
optimizer.step()
after = model.eval()(tokens, labels=tokens).loss
print(json.dumps({"difference": difference, "before": before.item(), "after": after.item()}))
