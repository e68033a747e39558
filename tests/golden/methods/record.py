"""Records Hugging Face's decoding methods into JSON files beside this one. Group beam search and contrastive search
have left the core of transformers, so that two versions are asked, each for what it has:

    python -m venv new && new/bin/pip install torch==2.13.0 transformers==5.23.0
    python -m venv old && old/bin/pip install torch==2.13.0 transformers==4.55.4
    new/bin/python tests/golden/methods/record.py beam guidance beamSample
    old/bin/python tests/golden/methods/record.py diverse contrastive

The model is arithmetic: whole numbers on the last four tokens make the scores, exactly, so that the tests make the
same ones. Contrastive search needs hidden states and a cache: it runs over a tiny random Llama, whose scores and
states after every prefix it asked for are recorded.
"""

import collections
import itertools
import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import (
    GenerationMixin,
    LlamaConfig,
    LlamaForCausalLM,
    LogitsProcessorList,
    MinNewTokensLengthLogitsProcessor,
    NoRepeatNGramLogitsProcessor,
    PretrainedConfig,
    PreTrainedModel,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)
from transformers.modeling_outputs import CausalLMOutputWithPast

PROMPTS = [[3, 1, 4, 1, 5], [2, 7]]
VERSIONS = {"torch": torch.__version__, "transformers": transformers.__version__}


class ArithmeticConfig(PretrainedConfig):
    model_type = "arithmetic"

    def __init__(self, words=24, **rest):
        # One token more than the model ever says: padding, which finished groups go on choosing.
        super().__init__(vocab_size=words + 1, **rest)
        self.words = words


class ArithmeticModel(PreTrainedModel, GenerationMixin):
    config_class = ArithmeticConfig
    main_input_name = "input_ids"
    _supports_cache_class = False

    def __init__(self, config):
        super().__init__(config)
        self.anchor = torch.nn.Parameter(torch.zeros(1))

    def prepare_inputs_for_generation(self, input_ids, attention_mask=None, **_):
        return {"input_ids": input_ids}

    def forward(self, input_ids, attention_mask=None, **_):
        state = torch.zeros(input_ids.shape[0], dtype=torch.int64)
        for token in input_ids[:, -4:].T:
            state = (state * 31 + token + 1) % 65521
        words = torch.arange(self.config.words)
        mixed = (state[:, None] * 251 + words * 4099) * (state[:, None] + words * 17 + 7) % 65521
        logits = torch.full((input_ids.shape[0], self.config.words + 1), -1e4)
        logits[:, :-1] = mixed.to(torch.float32) / 8192
        return CausalLMOutputWithPast(logits=logits[:, None])


def arithmetic(words: int) -> ArithmeticModel:
    return ArithmeticModel(ArithmeticConfig(words)).eval()


def chain_of(processors: list, length: int, ends: list) -> LogitsProcessorList:
    made = LogitsProcessorList()
    for processor in processors:
        if processor["type"] == "temperature":
            made.append(TemperatureLogitsWarper(processor["t"]))
        if processor["type"] == "topK":
            made.append(TopKLogitsWarper(processor["k"]))
        if processor["type"] == "topP":
            made.append(TopPLogitsWarper(processor["p"]))
        if processor["type"] == "repetitionPenalty":
            made.append(RepetitionPenaltyLogitsProcessor(processor["penalty"]))
        if processor["type"] == "noRepeatNgram":
            made.append(NoRepeatNGramLogitsProcessor(processor["size"]))
        if processor["type"] == "minNewTokens" and ends:
            made.append(MinNewTokensLengthLogitsProcessor(length, processor["n"], ends, "cpu"))
    return made


def generate(model, prompt: list, ends: list, count: int = 1, **options) -> list:
    output = model.generate(
        torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        num_return_sequences=count,
        eos_token_id=ends or None,
        pad_token_id=model.config.vocab_size - 1,
        return_dict_in_generate=True,
        output_scores=True,
        **options,
    )
    scores = getattr(output, "sequences_scores", None)
    scores = [None] * count if scores is None else scores.tolist()
    return [
        {"tokens": cut(tokens[len(prompt) :], ends), **({} if score is None else {"score": score})}
        for tokens, score in zip(output.sequences.tolist(), scores)
    ]


def cut(tokens: list, ends: list) -> list:
    for position, token in enumerate(tokens):
        if token in ends:
            return tokens[: position + 1]
    return tokens


def beam_cases():
    model = arithmetic(24)
    chains = [
        [],
        [{"type": "temperature", "t": 0.6}],
        [{"type": "topK", "k": 3}, {"type": "temperature", "t": 1.7}],
        [{"type": "topP", "p": 0.8}],
        [{"type": "repetitionPenalty", "penalty": 1.4}],
        [{"type": "noRepeatNgram", "size": 2}, {"type": "minNewTokens", "n": 4}],
    ]
    plain = itertools.product(PROMPTS, [2, 3, 5], [-1.0, 0.0, 0.6, 1.0, 2.0], [False, True, "never"], [[0], [0, 9, 20]])
    processed = itertools.product(PROMPTS, [2, 4], [0.0, 1.0], [False, True, "never"], [[0, 9, 20], []])
    settings = [(*case, chains[0]) for case in plain]
    settings += [(*case, chain) for case, chain in itertools.product(processed, chains[1:])]
    for prompt, beams, penalty, stopping, ends, chain in settings:
        recipe = {"numBeams": beams, "lengthPenalty": penalty, "earlyStopping": stopping, "maxNewTokens": 9}
        found = generate(
            model,
            prompt,
            ends,
            beams,
            num_beams=beams,
            length_penalty=penalty,
            early_stopping=stopping,
            max_new_tokens=9,
            do_sample=False,
            use_cache=False,
            logits_processor=chain_of(chain, len(prompt), ends),
        )
        yield {"prompt": prompt, "ends": ends, "recipe": {**recipe, "processors": chain}, "sequences": found}


def guidance_cases():
    model = arithmetic(24)
    negatives = [None, [6], [8, 2, 11, 2, 4, 17, 9]]
    for prompt, negative, scale in itertools.product(PROMPTS, negatives, [0.0, 0.5, 1.0, 1.5, 3.0]):
        found = generate(
            model,
            prompt,
            [0],
            guidance_scale=scale,
            negative_prompt_ids=None if negative is None else torch.tensor([negative]),
            max_new_tokens=12,
            do_sample=False,
            use_cache=False,
        )
        yield {"prompt": prompt, "ends": [0], "negativePrompt": negative, "scale": scale, "sequences": found}


def beam_sample_cases():
    """How often each sequence came out best of 20,000 searches."""
    model = arithmetic(6)
    for beams, penalty in [(2, 1.0), (3, 0.0)]:
        torch.manual_seed(5)
        counts = collections.Counter()
        for _ in range(10):
            output = model.generate(
                torch.tensor([[1, 2]] * 2000),
                attention_mask=torch.ones(2000, 2, dtype=torch.long),
                num_beams=beams,
                length_penalty=penalty,
                max_new_tokens=3,
                eos_token_id=[0],
                pad_token_id=6,
                do_sample=True,
                top_k=0,
                use_cache=False,
            )
            counts.update(" ".join(map(str, cut(tokens[2:], [0]))) for tokens in output.tolist())
        recipe = {"numBeams": beams, "lengthPenalty": penalty, "maxNewTokens": 3}
        yield {"prompt": [1, 2], "ends": [0], "recipe": recipe, "counts": dict(counts.most_common())}


def diverse_cases():
    model = arithmetic(24)
    groups = [(4, 2), (4, 4), (6, 3), (6, 2)]
    for prompt, (beams, count), weight, penalty, stopping in itertools.product(
        PROMPTS, groups, [0.3, 1.0, 5.0], [0.0, 1.0, 2.0], [False, True, "never"]
    ):
        found = generate(
            model,
            prompt,
            [0, 9],
            beams,
            num_beams=beams,
            num_beam_groups=count,
            diversity_penalty=weight,
            length_penalty=penalty,
            early_stopping=stopping,
            max_new_tokens=9,
            do_sample=False,
            use_cache=False,
        )
        recipe = {
            "numBeams": beams,
            "numBeamGroups": count,
            "diversityPenalty": weight,
            "lengthPenalty": penalty,
            "earlyStopping": stopping,
            "maxNewTokens": 9,
        }
        yield {"prompt": prompt, "ends": [0, 9], "recipe": recipe, "sequences": found}


def tiny_llama() -> LlamaForCausalLM:
    torch.manual_seed(11)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=16,
            hidden_size=8,
            intermediate_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=32,
            initializer_range=0.8,
        )
    ).eval()


@torch.no_grad()
def states_of(model, prefixes) -> dict:
    states = {}
    for prefix in prefixes:
        output = model(torch.tensor([prefix]), output_hidden_states=True)
        rows = (output.logits[0, -1], output.hidden_states[-1][0, -1])
        states[" ".join(map(str, prefix))] = [[round(number, 5) for number in row.tolist()] for row in rows]
    return states


def contrastive_record() -> dict:
    model = tiny_llama()
    cases, asked = [], set()
    for prompt, top_k, alpha in itertools.product(PROMPTS, [2, 4, 5], [0.2, 0.5, 0.8]):
        [found] = generate(model, prompt, [0], penalty_alpha=alpha, top_k=top_k, max_new_tokens=8, do_sample=False)
        cases.append({"prompt": prompt, "ends": [0], "topK": top_k, "penaltyAlpha": alpha, "tokens": found["tokens"]})
        text = prompt + found["tokens"]
        for length in range(1, len(text) + 1):
            asked.add(tuple(text[:length]))
            if len(prompt) <= length < len(text):
                with torch.no_grad():
                    likeliest = model(torch.tensor([text[:length]])).logits[0, -1].topk(top_k).indices
                for token in likeliest.tolist():
                    asked.add((*text[:length], token))
    return {"cases": cases, "states": states_of(model, sorted(asked))}


RECORDS = {
    "beam": lambda: {"cases": list(beam_cases())},
    "guidance": lambda: {"cases": list(guidance_cases())},
    "beamSample": lambda: {"cases": list(beam_sample_cases())},
    "diverse": lambda: {"cases": list(diverse_cases())},
    "contrastive": contrastive_record,
}

if __name__ == "__main__":
    for name in sys.argv[1:]:
        record = {"versions": VERSIONS, **RECORDS[name]()}
        Path(__file__).with_name(f"{name}.json").write_text(json.dumps(record) + "\n")
        print(f"{name}: {len(record['cases'])} cases")
