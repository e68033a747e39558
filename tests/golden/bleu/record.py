"""Records NLTK's smoothed sentence BLEU for tests/decoding/compare: python record.py > cases.json

Needs nltk. Tokens are small whole numbers; the cases are drawn from a fixed seed, with repeated and shared n-grams.
"""

import json
import random
import sys

import nltk
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

draw = random.Random(5)


def text():
    return [draw.randrange(4) for _ in range(draw.randrange(1, 14))]


def case():
    tokens, references = text(), [text() for _ in range(draw.randrange(1, 4))]
    smoothing = SmoothingFunction().method1
    return {
        "tokens": tokens,
        "references": references,
        "bleu": sentence_bleu(references, tokens, smoothing_function=smoothing),
    }


versions = {"python": sys.version.split()[0], "nltk": nltk.__version__}
cases = [case() for _ in range(60)]
print(json.dumps({"versions": versions, "cases": cases}, separators=(",", ":")))
