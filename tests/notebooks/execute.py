"""Executes the project's notebooks on the real tslab kernel, in a fresh copy.

    python tests/notebooks/execute.py                      every notebook of notebooks/
    python tests/notebooks/execute.py 02-greedy-table      one of them
    python tests/notebooks/execute.py --update             write the outputs into the notebooks
    python tests/notebooks/execute.py --check-committed    read the stored outputs, execute nothing

Notebooks that generate long texts are executed with fewer tokens, unless `--update` stores the outputs or
LOGITBOOK_MAX_NEW_TOKENS says how many.

Exit 0 if all passed, 1 if one failed, 2 if they couldn't be run.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat

from kernel import KernelSpec, NoKernel, find_kernel, run_notebook
from outputs import ChartsFailed, NoChromium, draw_charts, faults_of_committed, normalise

ROOT = Path(__file__).resolve().parents[2]
CAP = "LOGITBOOK_MAX_NEW_TOKENS"
"""What notebooks read to learn how many tokens a text may have; what they show is made without it."""
FEW_TOKENS = "24"
STORE = "LOGITBOOK_STORE"
"""Tells notebooks that their outputs are stored, so that they assert what their prose says of them."""


@dataclass(frozen=True)
class Result:
    """One check: a notebook executed, its charts drawn, or its stored outputs read."""

    name: str
    passed: bool
    skipped: bool
    message: str
    seconds: float

    def __str__(self) -> str:
        outcome = "skipped" if self.skipped else "passed" if self.passed else "FAILED"
        return f"{outcome:8}{self.name} ({self.seconds:.1f} s)" + (f"\n    {self.message}" if self.message else "")


def main() -> int:
    arguments = _arguments()
    if arguments.update:
        os.environ[STORE] = "1"
    else:
        os.environ.setdefault(CAP, FEW_TOKENS)
    try:
        paths = _notebooks(arguments.directory, arguments.notebooks)
        if arguments.check_committed:
            results = [_check_committed(path) for path in paths]
            for result in results:
                print(result, flush=True)
        else:
            results = _execute_all(paths, arguments)
    except (NoKernel, FileNotFoundError) as error:
        print(f"execute.py: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        report = {"notebooks": [asdict(result) for result in results]}
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0 if all(result.passed or result.skipped for result in results) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", help="names of notebooks, with or without .ipynb; default: all")
    parser.add_argument("--directory", type=Path, default=ROOT / "notebooks", help="where the notebooks lie")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for each cell (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write a report here")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--update", action="store_true", help="write the outputs into the notebooks")
    mode.add_argument("--output", type=Path, metavar="FOLDER", help="write executed notebooks here, failed ones too")
    mode.add_argument("--check-committed", action="store_true", help="check the stored outputs, execute nothing")
    return parser.parse_args()


def _notebooks(directory: Path, names: list[str]) -> list[Path]:
    if not names:
        found = sorted(directory.glob("*.ipynb"))
        if not found:
            raise FileNotFoundError(f"no notebook in {directory}")
        return found
    paths = [directory / f"{Path(name).name.removesuffix('.ipynb')}.ipynb" for name in names]
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"no notebook {path.name} in {directory}")
    return paths


def _execute_all(paths: list[Path], arguments: argparse.Namespace) -> list[Result]:
    kernel = find_kernel()
    # An end by signal must also remove the copy and shut the kernel down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    scratch = ROOT / ".setup"
    scratch.mkdir(exist_ok=True)
    copy = Path(tempfile.mkdtemp(prefix="run-", dir=scratch))
    results: list[Result] = []
    try:
        folder = _copy(arguments.directory, copy)
        for path in paths:
            for result in _execute(path, folder, kernel, arguments):
                print(result, flush=True)
                results.append(result)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    return results


def _copy(directory: Path, copy: Path) -> Path:
    """A copy without earlier runs, from which packages, found upwards, and `../data` still resolve."""
    folder = copy / "notebooks"
    shutil.copytree(directory, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "runs"))
    if (ROOT / "data").exists():
        (copy / "data").symlink_to(ROOT / "data", target_is_directory=True)
    return folder


def _execute(path: Path, folder: Path, kernel: KernelSpec, arguments: argparse.Namespace):
    """The results of one notebook. An update is written only if the notebook and its charts are whole."""
    start = time.monotonic()
    notebook = nbformat.read(folder / path.name, as_version=4)
    failure = run_notebook(notebook, folder, kernel, arguments.timeout)
    seconds = round(time.monotonic() - start, 2)
    message = f"{path.name}, {failure}" if failure else ""
    yield Result(path.name, failure is None, False, message, seconds)
    charts = None if failure else _draw(path, notebook, kernel)
    if charts:
        yield charts
    normalise(notebook, _names_of_folders(folder))
    if arguments.output:
        arguments.output.mkdir(parents=True, exist_ok=True)
        _write(arguments.output / path.name, notebook)
    if arguments.update and not failure and (charts is None or charts.passed):
        _write(path, notebook)


def _names_of_folders(folder: Path) -> dict[str, str]:
    """What absolute paths of this run are called as seen from notebooks/."""
    names = {str(folder): ".", str(folder.parent): "..", str(ROOT): "..", str(Path.home()): "~"}
    names.pop(os.sep, None)
    return names


def _draw(path: Path, notebook, kernel: KernelSpec) -> Result | None:
    """Draws the charts; nothing to report where there are none."""
    start, name = time.monotonic(), f"{path.name}: charts"
    try:
        if draw_charts(notebook, kernel.node) == 0:
            return None
    except NoChromium as error:
        return Result(name, False, True, str(error), round(time.monotonic() - start, 2))
    except ChartsFailed as error:
        return Result(name, False, False, str(error), round(time.monotonic() - start, 2))
    return Result(name, True, False, "", round(time.monotonic() - start, 2))


def _check_committed(path: Path) -> Result:
    start = time.monotonic()
    faults = faults_of_committed(nbformat.read(path, as_version=4))
    message = "\n    ".join(f"{path.name}, {fault}" for fault in faults)
    return Result(f"{path.name}: stored outputs", not faults, False, message, round(time.monotonic() - start, 2))


def _write(path: Path, notebook) -> None:
    """Written beside and renamed, so that a notebook is never half written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        nbformat.write(notebook, beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
