"""Records Hugging Face's decoding over SmolLM2-135M-Instruct, from the very weights of the converted default model, into
methods.jsonl beside this file, a case a line. Stopped, it goes on where it was.

    python -m venv venv
    venv/bin/pip install torch==2.13.0 transformers==4.55.4 gguf==0.19.0 accelerate
    venv/bin/python tests/golden/default-model/record.py SmolLM2-135M-Instruct.Q4_1.gguf

Group beam search and contrastive search have left the core of later versions; for what both have, 5.23.0 gave the same
tokens. `--again` records the cases named after it anew. `--double` decodes the cases named after it once more in double precision, and notes where the reference
disagrees with itself: there, its choice hangs on rounding, and is nobody's reference.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import LogitsProcessorList

sys.path += [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "processors")]
import reference
from cases import END, PROMPTS, all_cases
from hugging_face import build

file = Path(sys.argv[1])
option, named = sys.argv[2] if len(sys.argv) > 2 else None, [int(index) for index in sys.argv[3:]]
OUT = Path(__file__).with_name("methods.jsonl")
model, tokenizer = reference.load(file)
if option == "--double":
    model = model.double()


def run(prompt: list, recipe: dict, options: dict) -> list:
    ids = torch.tensor([prompt])
    count = options.get("num_beams", 1)
    context = {"vocabSize": model.config.vocab_size, "endTokens": [END], "maxNewTokens": recipe["maxNewTokens"]}
    # The penalty on the prompt's tokens sees the beams that its rows are for, and forgets the others.
    rows = ids.repeat(count, 1)
    options = dict(options)
    negative = options.pop("negative", None)
    if negative is not None:
        options["negative_prompt_ids"] = torch.tensor([negative])
        options["negative_prompt_attention_mask"] = torch.ones(1, len(negative), dtype=torch.long)
    with torch.inference_mode():
        output = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=recipe["maxNewTokens"],
            do_sample=False,
            eos_token_id=END,
            pad_token_id=END,
            num_return_sequences=count,
            return_dict_in_generate=True,
            output_scores=True,
            logits_processor=LogitsProcessorList(build(stage, rows, context) for stage in recipe["processors"]),
            **options,
        )
    sequences = []
    for index, tokens in enumerate(output.sequences[:, ids.shape[1] :].tolist()):
        tokens = tokens[: tokens.index(END) + 1] if END in tokens else tokens
        scores = getattr(output, "sequences_scores", None)
        sequences.append({"tokens": tokens} if scores is None else {"tokens": tokens, "score": round(scores[index].item(), 6)})
    return sequences


prompts = {name: reference.encode(tokenizer, text) for name, text in PROMPTS.items()}
lines = OUT.read_text().splitlines() if OUT.exists() else []
if option is None:
    if not lines:
        lines = [json.dumps({"versions": reference.versions(), "end": END, "prompts": prompts})]
        OUT.write_text(lines[0] + "\n")
    for index, (name, recipe, options) in enumerate(all_cases()):
        if index < len(lines) - 1:
            continue
        case = {"prompt": name, "recipe": recipe, "sequences": run(prompts[name], recipe, options)}
        with OUT.open("a") as out:
            out.write(json.dumps(case) + "\n")
        print(index, name, recipe["method"], flush=True)
else:
    for index, (name, recipe, options) in enumerate(all_cases()):
        if index not in named:
            continue
        case = json.loads(lines[index + 1])
        sequences = run(prompts[name], recipe, options)
        tokens = [sequence["tokens"] for sequence in sequences]
        if option == "--again":
            case["sequences"] = sequences
        elif tokens != [sequence["tokens"] for sequence in case["sequences"]]:
            case["unstable"] = True
        lines[index + 1] = json.dumps(case)
        print(index, name, recipe["method"], "unstable" if "unstable" in case else "recorded", flush=True)
    OUT.with_suffix(".new").write_text("\n".join(lines) + "\n")
    OUT.with_suffix(".new").rename(OUT)
