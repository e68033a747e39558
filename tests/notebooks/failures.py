"""What went wrong in a cell, and where.

The tslab kernel sends no `error` output. A cell with a type error or an exception is answered with the status
`error` and its text goes to stderr; a promise rejected or a timer that throws after the cell has ended leaves
the status `ok` and only writes to stderr, later.
"""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

LATE = re.compile(r"^(UnhandledPromiseRejection|UncaughtException):", re.MULTILINE)
_TYPE_ERROR = re.compile(r"^(?:(?P<file>\S+) )?(?P<line>\d+):\d+ - (?P<text>.+)$", re.MULTILINE)
_FRAME = re.compile(r"^\s+at .*?evalmachine\.<anonymous>:(\d+)", re.MULTILINE)
# Node quotes the throwing line before the error: place, line, carets, an empty line.
_PREAMBLE = re.compile(r"^\S+:\d+\n.*\n\s*\^+\n\n", re.MULTILINE)
_STACK = re.compile(r"\n\s+at [\s\S]*\Z")
_LOCATE = Path(__file__).with_name("locate-line.mjs")


@dataclass(frozen=True)
class Failure:
    """A failure in a notebook. `cell` counts code cells from 1, as JupyterLab numbers them; `line` from 1."""

    message: str
    cell: int | None = None
    line: int | None = None
    source: str = ""

    def __str__(self) -> str:
        if self.cell is None:
            return self.message
        where = f"cell [{self.cell}]" + (f", line {self.line}" if self.line else "")
        return f"{where}: {self.source.strip()}\n    {self.message}" if self.source else f"{where}: {self.message}"


def failure_in(cell_number: int, source: str, stderr: str, node: str) -> Failure:
    """The failure that a cell's stderr tells of; `node` runs the script that finds the line."""
    frames = [int(number) for number in _FRAME.findall(stderr)]
    diagnosis = _TYPE_ERROR.search(stderr)
    if diagnosis and not frames:
        line = None if diagnosis["file"] else int(diagnosis["line"])
        return Failure(_type_errors(stderr), cell_number, line, _line(source, line))
    line = _locate(source, frames, node)
    return Failure(_message(stderr), cell_number, line, _line(source, line))


def late_failure_in(cell_number: int | None, stderr: str) -> Failure:
    """A failure outside any running cell. It is heard while some cell runs, which need not be the one that
    caused it, so no line is named."""
    text = stderr[LATE.search(stderr).start() :]
    before = "" if cell_number in (None, 1) else " (left behind by this cell or one before it)"
    return Failure(_message(text) + before, cell_number)


def _type_errors(stderr: str) -> str:
    return "\n    ".join(match[0] for match in _TYPE_ERROR.finditer(stderr))


def _message(text: str) -> str:
    """The error without Node's preamble and stack."""
    preamble = _PREAMBLE.search(text)
    error = text[preamble.end() :] if preamble else text
    return _STACK.sub("", error).strip() or "the cell failed without a message"


def _line(source: str, line: int | None) -> str:
    lines = source.split("\n")
    return lines[line - 1] if line and line <= len(lines) else ""


def _locate(source: str, frames: list[int], node: str) -> int | None:
    if not frames:
        return None
    asked = json.dumps({"source": source, "frames": frames})
    found = subprocess.run([node, str(_LOCATE)], input=asked, capture_output=True, text=True, check=True)
    return json.loads(found.stdout)["line"]
