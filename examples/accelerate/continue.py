"""Trains a transformer checkpoint of Logitbook further, with Hugging Face accelerate: on one machine or on many.

    pip install torch transformers accelerate
    accelerate launch continue.py runs/mine/checkpoints/2000 mytext.txt --out continued --steps 1000

Reads windows of the model's context, side by side, in an order drawn from the seed. Weights go on where they were; the
moments of Adam begin anew, so the rate rises over the first steps. Prints a line of JSON for each step. The folder that
it writes opens in Logitbook again (`logitbook generate --model continued`), also to be trained further there.
"""

import argparse
import json
import shutil
from itertools import count
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast


def windows(checkpoint, text, length):
    """The text's tokens, [windows, length]; what is left over at its end is not read."""
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(checkpoint / "tokenizer.json"))
    tokens = torch.tensor(tokenizer(text).input_ids)
    if len(tokens) < length:
        raise SystemExit(f"the text has {len(tokens)} tokens, fewer than the model's context of {length}")
    return tokens[: len(tokens) // length * length].view(-1, length)


def batches(loader):
    """One epoch after the other, each in another order."""
    for epoch in count():
        loader.set_epoch(epoch)
        yield from loader


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch-size", type=int, default=32, help="windows of each process")
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--warmup-steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()

    accelerator = Accelerator()
    set_seed(asked.seed)
    model = AutoModelForCausalLM.from_pretrained(asked.checkpoint).train()
    data = windows(asked.checkpoint, asked.text.read_text(encoding="utf-8"), model.config.n_positions)
    loader = torch.utils.data.DataLoader(data, batch_size=asked.batch_size, shuffle=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=asked.learning_rate, betas=(0.9, 0.99), weight_decay=0.01)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)

    for step, batch in zip(range(1, asked.steps + 1), batches(loader)):
        for group in optimizer.param_groups:
            group["lr"] = asked.learning_rate * min(1, step / max(1, asked.warmup_steps))
        loss = model(input_ids=batch, labels=batch).loss
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        mean = accelerator.reduce(loss.detach(), reduction="mean").item()
        accelerator.print(json.dumps({"step": step, "loss": mean, "processes": accelerator.num_processes}), flush=True)

    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        accelerator.unwrap_model(model).save_pretrained(asked.out)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(asked.checkpoint / name, asked.out / name)
    accelerator.end_training()


if __name__ == "__main__":
    main()
