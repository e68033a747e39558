"""The reference that the recordings on SmolLM2-135M-Instruct's weights share: PyTorch and Hugging Face's transformers
over the very file that set-up converts, dequantised to float32, so that this is an independent reading of the weights.

    python -m venv venv
    venv/bin/pip install torch==2.13.0 transformers==4.55.4 gguf==0.19.0 accelerate
"""

import platform
from importlib.metadata import version
from pathlib import Path

import torch
import transformers


def load(file: Path):
    """The model, ready to infer, and its tokenizer."""
    source = {"gguf_file": file.name}
    model = transformers.AutoModelForCausalLM.from_pretrained(file.parent, torch_dtype=torch.float32, **source)
    return model.eval(), transformers.AutoTokenizer.from_pretrained(file.parent, **source)


def encode(tokenizer, text: str) -> list[int]:
    """Token ids of a text as it stands, with none added."""
    return tokenizer.encode(text, add_special_tokens=False)


def versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "gguf": version("gguf"),
    }
