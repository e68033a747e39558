"""Runs the cells of one notebook on the tslab kernel of this Python environment."""

import queue
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from jupyter_client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from failures import LATE, Failure, failure_in, late_failure_in

KERNEL = "tslab"
# Long enough for a rejection or a timer that the last cell left behind to be heard.
_SETTLE = "await new Promise((resolve) => setTimeout(resolve, 200));"


class NoKernel(Exception):
    """The environment has no kernel to run notebooks on."""


@dataclass(frozen=True)
class KernelSpec:
    node: str


def find_kernel() -> KernelSpec:
    """The kernel spec of this environment, not one of the user's home that runs another project's tslab."""
    try:
        spec = KernelSpecManager().get_kernel_spec(KERNEL)
    except NoSuchKernel:
        spec = None
    if spec is None or not Path(spec.resource_dir).is_relative_to(sys.prefix):
        raise NoKernel(f"{sys.prefix} has no kernel spec `{KERNEL}`: `npm run setup` installs it")
    return KernelSpec(node=spec.argv[0])


class _StderrWatch(threading.Thread):
    """Hears all that a kernel writes to stderr. nbclient drops what a cell writes after it has ended."""

    def __init__(self, connection: dict):
        super().__init__(daemon=True)
        self.heard: list[tuple[str, str]] = []
        self._idle: set[str] = set()
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._client = BlockingKernelClient()
        self._client.load_connection_info(connection)
        self._client.start_channels(stdin=False, hb=False, control=False)
        self._client.wait_for_ready(timeout=60)
        self.start()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                message = self._client.get_iopub_msg(timeout=0.1)
            except queue.Empty:
                continue
            self._take(message["parent_header"].get("msg_id", ""), message["msg_type"], message["content"])

    def _take(self, parent: str, kind: str, content: dict) -> None:
        with self._changed:
            if kind == "stream" and content["name"] == "stderr":
                self.heard.append((parent, content["text"]))
            elif kind == "status" and content["execution_state"] == "idle":
                self._idle.add(parent)
                self._changed.notify_all()

    def settle(self, timeout: float) -> None:
        """Waits until the kernel has nothing more to say about the cells it has run."""
        asked = self._client.execute(_SETTLE, store_history=False)
        with self._changed:
            self._changed.wait_for(lambda: asked in self._idle, timeout)

    def stop(self) -> None:
        self._stopped.set()
        self.join()
        self._client.stop_channels()


def run_notebook(notebook, folder: Path, kernel: KernelSpec, timeout: float) -> Failure | None:
    """Executes the notebook in place, in `folder`, each cell within `timeout` seconds. The first failure, if any."""
    notebook.metadata.pop("kernelspec", None)
    notebook.metadata["kernelspec"] = {"display_name": "TypeScript", "language": "typescript", "name": KERNEL}
    client = NotebookClient(notebook, kernel_name=KERNEL, timeout=timeout, record_timing=False)
    positions = [position for position, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    numbers = {position: number for number, position in enumerate(positions, start=1)}
    ran: dict[str, int] = {}

    def remember(cell, cell_index, execute_reply):
        ran[execute_reply["parent_header"]["msg_id"]] = cell_index
        # nbclient waits for a message that tslab doesn't send.
        cell["execution_count"] = execute_reply["content"].get("execution_count")

    client.on_cell_executed = remember
    with client.setup_kernel(cwd=str(folder)):
        watch = _StderrWatch(client.km.get_connection_info(session=False))
        try:
            return _run_cells(client, numbers, kernel) or _late_failure(watch, ran, numbers)
        finally:
            watch.stop()


def _run_cells(client: NotebookClient, numbers: dict[int, int], kernel: KernelSpec) -> Failure | None:
    for position, number in numbers.items():
        cell = client.nb.cells[position]
        try:
            client.execute_cell(cell, position)
        except CellExecutionError:
            stderr = "".join(output.text for output in cell.outputs if output.get("name") == "stderr")
            return failure_in(number, cell.source, stderr, kernel.node)
        except CellTimeoutError:
            return Failure(f"ran longer than {client.timeout:g} s", number)
        except DeadKernelError:
            return Failure("the kernel's process ended", number)
    return None


def _late_failure(watch: _StderrWatch, ran: dict, numbers: dict) -> Failure | None:
    watch.settle(timeout=30)
    for parent, text in watch.heard:
        if LATE.search(text):
            return late_failure_in(numbers.get(ran.get(parent)), text)
    return None
