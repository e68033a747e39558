"""python pytorch.py WORK DROPOUT STEPS: milliseconds and CPU milliseconds of training steps with Adam, as JSON."""

import json
import pathlib
import sys
import time

import torch
from torch import nn
from torch.nn import functional

name, dropout, steps = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
work = json.loads(pathlib.Path(__file__).with_name("works.json").read_text())[name]
WARM_UP = 3


class Recurrent(nn.Module):
    """Embedding, recurrent layers, linear layer; dropout where Logitbook's model has it."""

    def __init__(self):
        super().__init__()
        kind = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[work["architecture"]]
        self.embedding = nn.Embedding(work["vocabSize"], work["embedSize"])
        self.recurrent = kind(work["embedSize"], work["hiddenSize"], work["numLayers"], batch_first=True)
        self.output = nn.Linear(work["hiddenSize"], work["vocabSize"])
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens, state):
        outputs, state = self.recurrent(self.dropout(self.embedding(tokens)), state)
        detached = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        return self.output(self.dropout(outputs)), detached


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.packed, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        batch, length, width = x.shape
        split = self.packed(self.norms[0](x)).view(batch, length, 3, self.heads, width // self.heads)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)
        rate = dropout if self.training else 0
        mixed = functional.scaled_dot_product_attention(queries, keys, values, dropout_p=rate, is_causal=True)
        x = x + self.dropout(self.joined(mixed.transpose(1, 2).reshape(batch, length, width)))
        inner = functional.gelu(self.inner(self.norms[1](x)), approximate="tanh")
        return x + self.dropout(self.outer(inner))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        width = work["width"]
        self.tokens = nn.Embedding(work["vocabSize"], width)
        self.positions = nn.Embedding(work["length"], width)
        self.blocks = nn.Sequential(*[Block(width, work["numHeads"]) for _ in range(work["numLayers"])])
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens, state):
        x = self.dropout(self.tokens(tokens) + self.positions.weight[: tokens.shape[1]])
        return functional.linear(self.norm(self.blocks(x)), self.tokens.weight), state


torch.manual_seed(1)
model = Transformer() if work["architecture"] == "gpt2" else Recurrent()
optimizer = torch.optim.Adam(model.parameters(), 0.001)
shape = (work["batchSize"], work["length"])
batches = [(torch.randint(work["vocabSize"], shape), torch.randint(work["vocabSize"], shape)) for _ in range(4)]
state, times = None, []
for step in range(WARM_UP + steps):
    inputs, targets = batches[step % len(batches)]
    start, cpu = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    logits, state = model(inputs, state)
    loss = functional.cross_entropy(logits.view(-1, work["vocabSize"]), targets.view(-1))
    loss.backward()
    optimizer.step()
    loss.item()
    if step >= WARM_UP:
        times.append({"wall": 1000 * (time.perf_counter() - start), "cpu": 1000 * (time.process_time() - cpu)})
print(json.dumps(times))
