"""Records Hugging Face's methods over SmolLM2-135M-Instruct, from the very weights of the converted default model, into
smollm2-<name>.json beside this file. Two versions, as in record.py, both with gguf==0.19.0 and accelerate. The first to
run is the newer one, whose tokens of the prompts serve for both:

    new/bin/python tests/golden/methods/record_smollm2.py new SmolLM2-135M-Instruct.Q4_1.gguf
    old/bin/python tests/golden/methods/record_smollm2.py old SmolLM2-135M-Instruct.Q4_1.gguf
"""

import json
import sys
from pathlib import Path

import torch
import transformers

sys.path.append(str(Path(__file__).parents[1]))
import reference

CHAT = "<|im_start|>user\nGive three colours as JSON.<|im_end|>\n<|im_start|>assistant\n"
PROMPTS = ["Transformers are the", "Le chat est sur la table. Le chat est", CHAT]
LENGTH = 24

SETTINGS = {
    "new": [
        ({"method": "greedy"}, {}),
        ({"method": "beam", "numBeams": 4}, {"num_beams": 4}),
        (
            {"method": "beam", "numBeams": 3, "lengthPenalty": 2, "earlyStopping": "never"},
            {"num_beams": 3, "length_penalty": 2.0, "early_stopping": "never"},
        ),
        (
            {"method": "beam", "numBeams": 3, "processors": [{"type": "repetitionPenalty", "penalty": 1.2}]},
            {"num_beams": 3, "repetition_penalty": 1.2},
        ),
        ({"method": "greedy", "guidance": {"scale": 1.5}}, {"guidance_scale": 1.5}),
    ],
    "old": [
        ({"method": "contrastive", "topK": 4, "penaltyAlpha": 0.6}, {"top_k": 4, "penalty_alpha": 0.6}),
        (
            {"method": "diverseBeam", "numBeams": 4, "numBeamGroups": 2, "diversityPenalty": 1},
            {"num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 1.0},
        ),
    ],
}

name, file = sys.argv[1], Path(sys.argv[2])
model, tokenizer = reference.load(file)
END = tokenizer.eos_token_id


def prompts() -> list:
    if name == "new":
        return [reference.encode(tokenizer, text) for text in PROMPTS]
    cases = json.loads(Path(__file__).with_name("smollm2-new.json").read_text())["cases"]
    return [case["prompt"] for case in cases[:: len(SETTINGS["new"])]]


def run(prompt: list, recipe: dict, options: dict) -> dict:
    ids = torch.tensor([prompt])
    count = options.get("num_beams", 1)
    output = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=LENGTH,
        do_sample=False,
        eos_token_id=END,
        pad_token_id=END,
        num_return_sequences=count,
        return_dict_in_generate=True,
        output_scores=True,
        **options,
    )
    sequences = []
    for index, tokens in enumerate(output.sequences[:, ids.shape[1] :].tolist()):
        tokens = tokens[: tokens.index(END) + 1] if END in tokens else tokens
        scores = getattr(output, "sequences_scores", None)
        sequences.append({"tokens": tokens} if scores is None else {"tokens": tokens, "score": scores[index].item()})
    returned = {} if count == 1 else {"numReturnSequences": count}
    return {"prompt": prompt, "recipe": {**recipe, **returned, "maxNewTokens": LENGTH}, "sequences": sequences}


cases = [run(prompt, *setting) for prompt in prompts() for setting in SETTINGS[name]]
record = {
    "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    "ends": [END],
    "cases": cases,
}
Path(__file__).with_name(f"smollm2-{name}.json").write_text(json.dumps(record) + "\n")
print(f"{len(cases)} cases")
