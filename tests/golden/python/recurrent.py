"""A recurrent checkpoint in PyTorch: python recurrent.py RUN/checkpoints/STEP logits.json"""

import json
import sys

import torch
from safetensors.torch import load_file


class Recurrent(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        layer = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[c["architecture"]]
        self.embedding = torch.nn.Embedding(c["vocabSize"], c["embedSize"])
        self.recurrent = layer(c["embedSize"], c["hiddenSize"], c["numLayers"], batch_first=True)
        self.output = torch.nn.Linear(c["hiddenSize"], c["vocabSize"])

    def forward(self, tokens, state=None):
        hidden, state = self.recurrent(self.embedding(tokens), state)
        return self.output(hidden), state


directory, recorded = sys.argv[1:]
config = json.load(open(f"{directory}/config.json", encoding="utf-8"))
model = Recurrent(config)
weights = load_file(f"{directory}/model.safetensors")
weights.setdefault("output.weight", weights["embedding.weight"])  # tied
model.load_state_dict(weights)
ours = json.load(open(recorded, encoding="utf-8"))
with torch.no_grad():
    logits, _ = model(torch.tensor([ours["tokens"]]))
print(json.dumps({"difference": (logits[0] - torch.tensor(ours["logits"])).abs().max().item()}))
