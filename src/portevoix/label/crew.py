"""Several processes read at once: the same labeller in each, portions out, labels back in the same order.

A worker is a plain process that speaks Arrow streams on its standard input and output, so that a script which uses
Portevoix needs no `if __name__ == "__main__"`, and words touch no file.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

import pyarrow as pa

from portevoix.errors import PortevoixError
from portevoix.nouns import Label
from portevoix.plugs import labellers
from portevoix.tables import schema_of

_ASKED = pa.schema([pa.field("id", pa.string()), pa.field("text", pa.string())])
_READ = schema_of(Label)
Portion = tuple[Sequence[str], Sequence[str]]


def cores() -> int:
    """How many processes may read at once: the cores that this process may use."""
    return len(os.sched_getaffinity(0))


def read(name: str, portions: Iterable[Portion], workers: int) -> Iterator[tuple[int, pa.Table]]:
    """Labels portions of (ids, texts) by `workers` processes of the labeller `name`; yields (how many, labels) in order.

    Holds at most two portions a worker. Raises PortevoixError when a worker ends before its time.
    """
    crew = [_Worker(name) for _ in range(workers)]
    free: SimpleQueue[_Worker] = SimpleQueue()
    for worker in crew:
        free.put(worker)

    def one(portion: Portion) -> tuple[int, pa.Table]:
        worker = free.get()
        try:
            return len(portion[0]), worker.ask(portion)
        finally:
            free.put(worker)

    waiting: deque[Future[tuple[int, pa.Table]]] = deque()
    try:
        with ThreadPoolExecutor(workers) as threads:
            for portion in portions:
                waiting.append(threads.submit(one, portion))
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
    finally:
        for worker in crew:
            worker.close()


class _Worker:
    def __init__(self, name: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-m", "portevoix.label.crew", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what went wrong may quote words; that it went wrong is told by `ask`
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        self._writer: Any = None
        self._reader: Any = None

    def ask(self, portion: Portion) -> pa.Table:
        stdin, stdout = self._process.stdin, self._process.stdout
        try:
            if self._writer is None:
                self._writer = pa.ipc.new_stream(stdin, _ASKED)
            ids, texts = (pa.array(column, pa.string()) for column in portion)
            self._writer.write_batch(pa.record_batch([ids, texts], schema=_ASKED))
            if stdin is not None:
                stdin.flush()
            if self._reader is None:
                self._reader = pa.ipc.open_stream(stdout)
            return pa.Table.from_batches([self._reader.read_next_batch()], _READ)
        except (OSError, StopIteration, pa.ArrowInvalid):
            raise PortevoixError(
                "A process that was labelling ended before its time: run it again."
            ) from None

    def close(self) -> None:
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def main(name: str) -> None:
    """A worker: reads portions on standard input until it closes, writes one batch of labels for each."""
    labeller = labellers[name]()
    out = sys.stdout.buffer
    with pa.ipc.open_stream(sys.stdin.buffer) as asked, pa.ipc.new_stream(out, _READ) as answers:
        for portion in asked:
            labels = labeller.read(portion["id"].to_pylist(), portion["text"].to_pylist())
            (batch,) = labels.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], _READ)]
            answers.write_batch(batch)
            out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
