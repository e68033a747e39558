"""The outputs of an executed notebook: made fit to be committed, and checked once they are."""

import json
import re
import subprocess
from pathlib import Path

PLOTLY = "application/vnd.plotly.v1+json"
NO_CHROMIUM = 3
# Characters; beyond, nobody listens.
LONGEST_ALT = 300
_RENDER = Path(__file__).with_name("render-plotly.mjs")
_ABSOLUTE = re.compile(
    r"file:///\S+|(?<![\w.:/~-])/(?:home|root|Users|tmp|private|usr|opt|var|mnt|srv|work|workspaces?)/[^\s'\"<>]+"
    r"|\b[A-Za-z]:\\[^\s'\"<>]+"
)
_TAG = re.compile(r"<[^>]*>")
# A statement at the left margin that shows something as soon as its cell runs.
_SHOWS = re.compile(r"^(?:await )?(?:show|plot|display|console\.(?:log|table|dir))\(|= progress\(", re.MULTILINE)


class ChartsFailed(Exception):
    """A figure that plotly.js can't draw."""


class NoChromium(Exception):
    """No browser to draw with; says how to get one."""


def code_cells(notebook):
    """Code cells with the numbers JupyterLab gives them when all are run."""
    return enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), start=1)


def figures(notebook) -> list[dict]:
    """Bundles that hold a Plotly figure."""
    return [output.data for output in _outputs_with_figures(notebook)]


def _outputs_with_figures(notebook) -> list:
    outputs = [output for _, cell in code_cells(notebook) for output in cell.outputs]
    return [output for output in outputs if PLOTLY in output.get("data", {})]


def alt_text(bundle: dict) -> str:
    """What a figure's picture says to who can't see it: its title, and as much of its values as one listens to."""
    title = bundle[PLOTLY].get("layout", {}).get("title", "")
    title = title if isinstance(title, str) else title.get("text", "")
    title = _TAG.sub(" ", title).strip()
    first, *values = "".join(bundle.get("text/plain", "")).splitlines() or [""]
    told = "; ".join([title, *values] if first.strip() == title else [title or first])
    return f"Chart: {told if len(told) <= LONGEST_ALT else told[:LONGEST_ALT].rsplit(' ', 1)[0] + ' …'}"


def draw_charts(notebook, node: str) -> int:
    """Puts a static picture, with its text, into each output that holds a figure; the number of pictures."""
    outputs = _outputs_with_figures(notebook)
    bundles = figures(notebook)
    if not bundles:
        return 0
    asked = json.dumps([bundle[PLOTLY] for bundle in bundles])
    drawn = subprocess.run([node, str(_RENDER)], input=asked, capture_output=True, text=True, check=False)
    if drawn.returncode == NO_CHROMIUM:
        raise NoChromium(drawn.stderr.strip())
    if drawn.returncode != 0:
        raise ChartsFailed(drawn.stderr.strip())
    for output, picture in zip(outputs, json.loads(drawn.stdout), strict=True):
        output.data["image/png"] = picture
        # Where nbconvert's classic template looks for it; its lab template looks nowhere.
        output.metadata["image/png"] = {"alt": alt_text(output.data)}
    return len(bundles)


def normalise(notebook, replacements: dict[str, str]) -> None:
    """Takes out what differs from run to run or from machine to machine: times, streams in pieces, paths."""
    for _, cell in code_cells(notebook):
        cell.metadata.pop("execution", None)
        cell.outputs = _joined(cell.outputs)
        for output in cell.outputs:
            if "text" in output:
                output["text"] = _replaced(output["text"], replacements)
            if "data" in output:
                output["data"] = {
                    kind: body if kind.startswith("image/png") else _replaced(body, replacements)
                    for kind, body in output["data"].items()
                }


def _joined(outputs: list) -> list:
    """Neighbouring pieces of one stream as one output."""
    joined: list = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last["text"] += output.text
        else:
            joined.append(output)
    return joined


def _replaced(value, replacements: dict[str, str]):
    if isinstance(value, str):
        for path, name in replacements.items():
            value = value.replace(path, name)
        return value
    if isinstance(value, list):
        return [_replaced(item, replacements) for item in value]
    if isinstance(value, dict):
        return {key: _replaced(item, replacements) for key, item in value.items()}
    return value


def faults_of_committed(notebook) -> list[str]:
    """What a reader of the committed notebook would miss or shouldn't see."""
    faults = []
    for number, cell in code_cells(notebook):
        found = list(_faults_of(cell))
        faults += [f"cell [{number}]: {fault}" for fault in found]
    return faults


def _faults_of(cell):
    if cell.get("execution_count") is None:
        yield "has not been executed"
    if _SHOWS.search(cell.source) and not cell.outputs:
        yield "shows something, but no output is stored"
    if "execution" in cell.metadata:
        yield "stores when it was executed"
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"stores an error: {output.get('ename')}: {output.get('evalue')}"
        if output.get("name") == "stderr":
            yield f"stores text of stderr: {output.text.strip().splitlines()[0][:120]}"
        data = output.get("data", {})
        if PLOTLY in data and "image/png" not in data:
            yield "stores a figure without its picture"
        if "image/png" in data and not output.get("metadata", {}).get("image/png", {}).get("alt"):
            yield "stores a picture without a text for who can't see it"
        readable = {kind: body for kind, body in data.items() if not kind.startswith("image/png")}
        path = _ABSOLUTE.search("\n".join(_strings([output.get("text", ""), readable])))
        if path:
            yield f"stores an absolute path: {path[0]}"


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
