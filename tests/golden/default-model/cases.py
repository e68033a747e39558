"""What is decoded: prompts, recipes, and which recipe runs on which prompts."""

PROSE = "The old lighthouse had not been lit for forty years, and yet that night"
CHAT = "<|im_start|>system\nYou are a storyteller. Generate a story based on user message.<|im_end|>\n<|im_start|>user\nGenerate me a short story about a tiny hedgehog named Sonic.<|im_end|>\n<|im_start|>assistant\n"
JSON = '<|im_start|>system\nYou are a JSON machine. Generate a JSON with format {"contractor": string with normalized contractor name, "sum": decimal, "currency": string with uppercased 3-letter currency code} based on user message.<|im_end|>\n<|im_start|>user\nTransfer 100 rubles and 50 kopeck to Mike<|im_end|>\n<|im_start|>assistant\n'

PROMPTS = {
    "prose": PROSE,
    "chat": CHAT,
    "json": JSON,
    "question": "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n",
    "python": "def fibonacci(n):\n    \"\"\"Return the n-th Fibonacci number.\"\"\"\n",
    "typescript": "export function add(a: number, b: number): number {",
    "french": "Le chat est sur la table. Le chien est",
    "german": "Es war einmal ein König, der hatte",
    "repeating": "One two three four five. One two three four five. One two three four five. One two",
    "list": "Shopping list:\n- milk\n- eggs\n-",
    "numbers": "2, 4, 8, 16, 32,",
    "token": "The",
}
END = 2  # <|im_end|>


def recipe(method: str, options: dict | None = None, processors: list | None = None, tokens: int = 32, **fields):
    """A recipe of ours, and the options of `generate` that ask for the same."""
    return {"method": method, **fields, "processors": processors or [], "maxNewTokens": tokens}, options or {}


def beam(count: int, tokens: int = 32, processors: list | None = None, **fields):
    names = {"lengthPenalty": "length_penalty", "earlyStopping": "early_stopping"}
    options = {"num_beams": count, **{names[name]: value for name, value in fields.items()}}
    return recipe("beam", options, processors, tokens, numBeams=count, numReturnSequences=count, **fields)


def diverse(count: int, groups: int, penalty: float, tokens: int = 32):
    options = {"num_beams": count, "num_beam_groups": groups, "diversity_penalty": penalty}
    fields = {"numBeams": count, "numBeamGroups": groups, "diversityPenalty": penalty, "numReturnSequences": count}
    return recipe("diverseBeam", options, None, tokens, **fields)


def contrastive(k: int, alpha: float, tokens: int = 32):
    return recipe("contrastive", {"top_k": k, "penalty_alpha": alpha}, None, tokens, topK=k, penaltyAlpha=alpha)


def dola(layers, processors: list | None = None, tokens: int = 32):
    return recipe("dola", {"dola_layers": layers}, processors, tokens, layers=layers)


def one(type: str, **fields) -> list:
    return [{"type": type, **fields}]


# Word pieces that the model likes: " the", "\n", " a", ".".
COMMON = [260, 198, 253, 30]
FILTERS = [
    one("temperature", t=0.6) + one("topK", k=6),
    one("topP", p=0.7),
    one("minP", p=0.2),
    one("typical", mass=0.6),
    one("epsilon", cutoff=0.05),
    one("eta", cutoff=0.02),
    one("repetitionPenalty", penalty=1.2) + one("topK", k=20) + one("topP", p=0.9) + one("normalize"),
]
REWRITERS = [
    one("repetitionPenalty", penalty=1.3),
    one("noRepeatNgram", size=2),
    one("encoderRepetitionPenalty", penalty=1.5),
    one("encoderNoRepeatNgram", size=2),
    one("badWords", words=[[COMMON[0]], [COMMON[1]], [COMMON[2], COMMON[3]]]),
    one("sequenceBias", biases=[[[COMMON[0]], -4.0], [[COMMON[1]], 2.0]]),
    one("suppressTokens", tokens=COMMON),
    one("suppressTokens", tokens=COMMON, atBegin=True),
    one("minLength", n=30),
    one("minNewTokens", n=28),
    one("forcedEnd", token=END),
    one("exponentialDecayLength", start=6, factor=1.2),
]

# Each runs on two prompts or more, in turn.
TURNS = [
    recipe("greedy"),
    beam(1),
    beam(4),
    beam(4, lengthPenalty=0.0),
    beam(4, lengthPenalty=2.0),
    beam(3, lengthPenalty=-1.0),
    beam(4, earlyStopping=True),
    beam(3, earlyStopping="never"),
    beam(3, lengthPenalty=2.0, earlyStopping="never"),
    beam(8, 20),
    diverse(4, 2, 1.0),
    diverse(6, 3, 0.5, 20),
    contrastive(4, 0.6),
    contrastive(6, 0.3),
    recipe("greedy", {"guidance_scale": 1.5}, guidance={"scale": 1.5}),
    recipe("greedy", {"guidance_scale": 2.5, "negative": [19556, 28]}, guidance={"scale": 2.5, "negativePrompt": [19556, 28]}),
    *[recipe("greedy", {}, chain) for chain in REWRITERS],
    *[beam(3, 24, chain) for chain in REWRITERS],
    *[beam(3, 24, chain) for chain in FILTERS],
]
FORCED = [recipe("greedy", {}, one("forcedFirst", token=COMMON[0])), beam(3, 24, one("forcedFirst", token=COMMON[0]))]
LONG = [
    ("chat", recipe("greedy", tokens=300)),
    ("prose", recipe("greedy", tokens=300)),
    ("chat", recipe("greedy", {}, one("repetitionPenalty", penalty=1.2), 300)),
    ("prose", beam(4, 300)),
    ("chat", beam(4, 200)),
    ("prose", contrastive(4, 0.6, 200)),
]

LAYERS = ["low", "high", [0, 1, 6, 13, 22, 29], [15]]
CONTRASTED = [dola(layers, chain) for chain in (None, one("repetitionPenalty", penalty=1.2)) for layers in LAYERS]
LONG_CONTRASTED = [
    ("chat", dola("low", one("repetitionPenalty", penalty=1.2), 200)),
    ("prose", dola("high", one("repetitionPenalty", penalty=1.2), 200)),
]


def all_cases():
    """Name, prompt's name, recipe, options: in an order that asks every prompt something early."""
    names = list(PROMPTS)
    for turn in range(2):
        for index, (recipe, options) in enumerate(TURNS):
            yield names[(index * 5 + turn * 7) % len(names)], recipe, options
    for recipe, options in FORCED:
        # Hugging Face forces it only after a prompt of one token.
        yield "token", recipe, options
    for prompt, (recipe, options) in LONG:
        yield prompt, recipe, options
    for index in range(3 * len(CONTRASTED)):
        recipe, options = CONTRASTED[index % len(CONTRASTED)]
        yield names[index * 5 % len(names)], recipe, options
    for prompt, (recipe, options) in LONG_CONTRASTED:
        yield prompt, recipe, options
