"""Records what PyTorch makes of small recurrent and GPT-2 models: logits, loss, gradients, ten steps of Adam.

Run with torch 2.13 and transformers 4.55.4: python record.py
"""
import json
import math
import pathlib

import torch
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel

VOCAB, BATCH, TIME, STEPS = 11, 3, 5, 10


class Recurrent(nn.Module):
    """The module that README shows: opens our recurrent checkpoints."""

    def __init__(self, kind):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, 6)
        self.recurrent = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind](6, 8, 2, batch_first=True)
        self.output = nn.Linear(8, VOCAB)

    def forward(self, tokens):
        return self.output(self.recurrent(self.embedding(tokens))[0])


class Gpt(GPT2LMHeadModel):
    def forward(self, tokens):
        return super().forward(tokens).logits


def make(kind):
    if kind != "gpt2":
        return Recurrent(kind)
    return Gpt(GPT2Config(vocab_size=VOCAB, n_positions=16, n_embd=8, n_layer=2, n_head=2,
                          resid_pdrop=0, embd_pdrop=0, attn_pdrop=0))


def arrays(named):
    return {name: {"shape": list(t.shape), "data": [float(f"{x:.7g}") for x in t.flatten().tolist()]}
            for name, t in named}


def record(kind):
    torch.manual_seed(1)
    model = make(kind)
    with torch.no_grad():  # far from where training starts, so that every gradient matters
        for name, p in model.named_parameters():
            p.copy_(torch.tensor([float(f"{x:.7g}") for x in (torch.randn(p.shape) * 0.4).flatten()]).view(p.shape))
    tokens = torch.randint(0, VOCAB, (BATCH, TIME))
    targets = torch.randint(0, VOCAB, (BATCH, TIME))
    weights = arrays(model.named_parameters())
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        logits = model(tokens)
        loss = nn.functional.cross_entropy(logits.reshape(-1, VOCAB), targets.reshape(-1))
        loss.backward()
        if step == 0:
            first = {"logits": logits.flatten().tolist(),
                     "gradients": arrays((n, p.grad) for n, p in model.named_parameters())}
        losses.append(loss.item())
        optimizer.step()
    assert all(math.isfinite(x) for x in losses)
    return {"tokens": tokens.flatten().tolist(), "targets": targets.flatten().tolist(), "weights": weights,
            "losses": losses, **first}


golden = {"torch": torch.__version__, "batchSize": BATCH, "length": TIME, "learningRate": 0.01,
          "models": {kind: record(kind) for kind in ["rnn", "gru", "lstm", "gpt2"]}}
path = pathlib.Path(__file__).with_name("pytorch.json")
path.write_text(json.dumps(golden) + "\n")
print(path, path.stat().st_size)
