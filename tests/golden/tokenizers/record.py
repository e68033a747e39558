"""Records what Hugging Face's tokenizers and Python's re make of texts.

Opens the three tokenizers that train.mjs wrote and encodes texts with them (encoded.json), trains byte-level BPE by its
own trainer on texts.json and on Moby-Dick as set-up brings it (merges.json), and lists the characters of the classes
that `re` has for text (classes.json).

    python -m venv venv && venv/bin/pip install tokenizers==0.21.4 transformers==4.55.4
    npm run build && node tests/golden/tokenizers/train.mjs
    venv/bin/python tests/golden/tokenizers/record.py
"""

import json
import random
import re
import sys
import unicodedata
from pathlib import Path

import tokenizers
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text("utf-8"))
OPTIONS = json.loads((HERE / "options.json").read_text("utf-8"))
MOBY_DICK = HERE.parents[2] / "data/corpora/moby-dick/moby-dick.txt"
VERSIONS = {
    "python": sys.version.split()[0],
    "unicode": unicodedata.unidata_version,
    "tokenizers": tokenizers.__version__,
    "transformers": transformers.__version__,
}


def write(name: str, value: object) -> None:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (HERE / name).write_text(text + "\n", "utf-8")


def cases() -> list[str]:
    written = [
        "The sea, the lamp and 7 readers' names.",
        "<|endoftext|>",
        "the<|endoftext|><|endoftext|> rain <|endoftex",
        "a<|unknown|>b\ufffdc",
        "next\u0085line\ufeffmark\u001cseparator\u00a0space\u3000wide\u2028line",
        "e\u0301 \u0130stanbul I\u0307 \u00df \u1e9e \u01c5 \ufb01",
        "\u039f\u03a3 \u03a3\u03a4\u039f",
        "don't DON'T you'll 's 're",
        "x\u00b2 \u00bd \u2167 \u0967\u0968 _under_ 1_000",
        "\r\n\r\n\t \n",
        "\0",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "\U0001f994\U0001f468\u200d\U0001f469\u200d\U0001f467",
    ]
    rng = random.Random(5)
    alphabets = [
        "".join(TEXTS),
        "abc ABC'!?123\n\t",
        "".join(chr(c) for c in range(0x20, 0x250)),
        "".join(chr(c) for c in range(0x2000, 0x2070)) + "ab 1",
    ]
    made = [
        "".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 40)))
        for alphabet in alphabets
        for _ in range(30)
    ]
    return written + made


def encoded() -> dict:
    texts = cases()
    rows = {}
    for kind in ("char", "word", "bpe"):
        low = Tokenizer.from_file(str(HERE / kind / "tokenizer.json"))
        high = transformers.AutoTokenizer.from_pretrained(HERE / kind)
        ids = [low.encode(text, add_special_tokens=False).ids for text in texts]
        assert ids == [high(text, add_special_tokens=False)["input_ids"] for text in texts]
        decoded = [low.decode(row, skip_special_tokens=False) for row in ids]
        rows[kind] = {"ids": ids, "decoded": decoded}
    return {"versions": VERSIONS, "texts": texts, **rows}


def merges(texts: list[str], vocab_size: int, min_frequency: int) -> dict:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=min_frequency,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary = sorted(model["vocab"], key=model["vocab"].get)
    return {
        "vocabSize": vocab_size,
        "minFrequency": min_frequency,
        "vocabulary": vocabulary[257:],
        "merges": [" ".join(pair) for pair in model["merges"]],
    }


def many_ties() -> list[dict]:
    """Small texts of few letters, where most pairs are equally frequent."""
    rng = random.Random(1)
    found = []
    for letters in ("ab", "abc", "abcd") * 5:
        texts = ["".join(rng.choice(letters) for _ in range(rng.randrange(3, 40))) for _ in range(5)]
        found.append({"texts": texts, **merges(texts, 290, rng.choice([1, 2]))})
    return found


def ranges(matches) -> list[list[int]]:
    found: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if not matches(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


write("encoded.json", encoded())
moby_dick = MOBY_DICK.read_bytes().decode("utf-8")
write(
    "merges.json",
    {
        "versions": VERSIONS,
        "texts": merges(TEXTS, OPTIONS["bpe"]["vocabSize"], OPTIONS["bpe"]["minFrequency"]),
        "moby-dick": merges([moby_dick], 2048, 2),
        "ties": many_ties(),
    },
)
write(
    "classes.json",
    {
        "versions": VERSIONS,
        "unassigned": ranges(lambda c: unicodedata.category(c) == "Cn"),
        "digit": ranges(lambda c: re.match(r"\d", c)),
        "space": ranges(lambda c: re.match(r"\s", c)),
        "word": ranges(lambda c: re.match(r"\w", c)),
        "lower": {c: c.lower() for c in map(chr, range(sys.maxunicode + 1)) if c.lower() != c},
    },
)
