"""python pytorch.py MODEL.gguf: PyTorch with Hugging Face's model and processors, eager, with its cache, on the CPU."""

import json
import os
import sys
import time

import torch
import transformers
from transformers import AutoModelForCausalLM
from transformers.generation.logits_process import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)
from transformers.generation.stopping_criteria import StoppingCriteria, StoppingCriteriaList

folder, file = os.path.split(sys.argv[1])
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file).float().eval()


def decode(task):
    return beams(task) if task.get("method") == "beam" else greedy(task)


class Clock(StoppingCriteria):
    """Notes when each step ends; never stops."""

    def __init__(self):
        self.times = []

    def __call__(self, input_ids, scores, **kwargs):
        self.times.append(time.perf_counter())
        return torch.zeros(input_ids.shape[0], dtype=torch.bool)


def beams(task):
    """Beam search that nothing ends early; the first step ends the prefill and starts the clock."""
    clock = Clock()
    prompt = torch.tensor([task["prompt"]])
    model.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        num_beams=task["count"],
        do_sample=False,
        max_new_tokens=task["newTokens"],
        eos_token_id=-1,
        pad_token_id=0,
        stopping_criteria=StoppingCriteriaList([clock]),
    )
    return {"milliseconds": (clock.times[-1] - clock.times[0]) * 1000, "steps": len(clock.times) - 1}


def greedy(task):
    """Greedy, one token after the other; the first one ends the prefill and starts the clock."""
    step = model(torch.tensor([task["prompt"]]), use_cache=True, logits_to_keep=1)
    token = step.logits[:, -1:].argmax(-1)
    began = time.perf_counter()
    for _ in range(task["newTokens"] - 1):
        step = model(token, past_key_values=step.past_key_values, use_cache=True)
        token = step.logits[:, -1:].argmax(-1)
        token.item()
    return {"milliseconds": (time.perf_counter() - began) * 1000, "steps": task["newTokens"] - 1}


PROCESSORS = {
    "repetitionPenalty": lambda config: RepetitionPenaltyLogitsProcessor(config["penalty"]),
    "temperature": lambda config: TemperatureLogitsWarper(config["t"]),
    "topK": lambda config: TopKLogitsWarper(config["k"]),
    "topP": lambda config: TopPLogitsWarper(config["p"]),
    "minP": lambda config: MinPLogitsWarper(config["p"]),
}


def chain(task):
    """Microseconds for one token's processors and draw, over rows of bell-shaped scores, after 512 tokens."""
    processors = LogitsProcessorList([PROCESSORS[config["type"]](config) for config in task["processors"]])
    generator = torch.Generator().manual_seed(task["seed"])
    rows = [3 * torch.randn(1, task["vocabSize"], generator=generator) for _ in range(4)]
    tokens = torch.randint(task["vocabSize"], (1, 512), generator=generator)
    began = time.perf_counter()
    for i in range(task["repeats"]):
        scores = processors(tokens, rows[i % len(rows)])
        torch.multinomial(scores.softmax(-1), 1, generator=generator).item()
    return {"microseconds": (time.perf_counter() - began) * 1e6 / task["repeats"]}


def hello(_):
    return {"version": f"PyTorch {torch.__version__}, transformers {transformers.__version__}"}


HANDLERS = {"decode": decode, "chain": chain, "hello": hello}

with torch.inference_mode():
    for line in sys.stdin:
        task = json.loads(line)
        try:
            answer = HANDLERS[task["kind"]](task)
        except Exception as error:  # the other side names the contender and stops
            answer = {"error": f"{type(error).__name__}: {error}"}
        print("answer", json.dumps(answer), flush=True)
