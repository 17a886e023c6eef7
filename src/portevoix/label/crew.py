"""Several processes read at once: the same work in each, portions out, what becomes of them back in the same order.

A worker is a plain process that is spoken to on its standard input and output, so that a script which uses Portevoix
needs no `if __name__ == "__main__"`, and words touch no file.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from portevoix.errors import PortevoixError

if TYPE_CHECKING:
    from concurrent.futures import Future

Work = tuple[Any, Callable[[Any], Any]]
"""What a maker gives: something to say of itself, and the function that takes a portion."""


def cores() -> int:
    """How many processes may read at once: the cores that this process may use."""
    return len(os.sched_getaffinity(0))


class Crew:
    """Processes that do the same work: `maker` ("module:function") gives each of them its `Work` from what `begin` asks.

    They start at once, and call the `ready` beside the maker, if there is one, so that they load what they need while it is found
    out what to ask. `hello` is what the first one says of itself. What is asked, portions and results are pickled; what a worker raises on
    purpose (PortevoixError) is raised here, and a worker that ends before its time is told in a sentence.
    """

    def __init__(self, maker: str, workers: int) -> None:
        self._crew = [_Worker(maker) for _ in range(workers)]

    def begin(self, *asked: Any) -> None:  # noqa: ANN401 - the maker's own
        """Has each process make its work; once, before anything else is asked of it."""
        for worker in self._crew:
            worker.begin(asked)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._crew:
            worker.close()

    @property
    def hello(self) -> Any:  # noqa: ANN401 - the maker's own
        """What the first worker says of itself."""
        return self._crew[0].hello

    def each(self, portions: Iterable[Any]) -> Iterator[Any]:
        """What becomes of each portion, in order; at most two portions a worker are held."""
        from concurrent.futures import ThreadPoolExecutor  # slow to load, and most files need no crew

        free: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._crew:
            free.put(worker)

        def one(portion: Any) -> Any:  # noqa: ANN401 - the maker's own
            worker = free.get()
            try:
                return worker.ask(portion)
            finally:
                free.put(worker)

        waiting: deque[Future[Any]] = deque()
        with ThreadPoolExecutor(len(self._crew)) as threads:
            for portion in portions:
                waiting.append(threads.submit(one, portion))
                if len(waiting) >= 2 * len(self._crew):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


class _Worker:
    def __init__(self, maker: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "portevoix.label.crew", maker],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what went wrong may quote words; that it went wrong is told by `ask`
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        self._hello: list[Any] = []

    def begin(self, asked: Sequence[Any]) -> None:
        with suppress(OSError):  # told when it is asked
            self._send(tuple(asked))

    @property
    def hello(self) -> Any:  # noqa: ANN401 - the maker's own
        if not self._hello:
            self._hello.append(self._receive())
        return self._hello[0]

    def ask(self, portion: Any) -> Any:  # noqa: ANN401 - the maker's own
        _ = self.hello
        try:
            self._send(portion)
        except OSError:
            raise _ended() from None
        return self._receive()

    def _send(self, thing: Any) -> None:  # noqa: ANN401 - anything that pickles
        stdin = self._process.stdin
        if stdin is not None:
            pickle.dump(thing, stdin, pickle.HIGHEST_PROTOCOL)
            stdin.flush()

    def _receive(self) -> Any:  # noqa: ANN401 - the maker's own
        try:
            done, answer = pickle.load(self._process.stdout)  # type: ignore[arg-type] # noqa: S301 - our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            raise _ended() from None
        if not done:
            raise answer
        return answer

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


def _ended() -> PortevoixError:
    return PortevoixError("A process that was labelling ended before its time: run it again.")


def main() -> None:
    """A worker: makes its work, then answers each portion on standard input until it closes."""
    asked = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a plug-in prints is no answer

    def answer(function: Callable[..., Any], *given: Any) -> bool:  # noqa: ANN401 - the maker's own
        try:
            told = True, function(*given)
        except PortevoixError as error:
            told = False, error
        pickle.dump(told, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
        return told[0]

    module, _, function = sys.argv[1].partition(":")
    made: list[Work] = []

    def begin(*words: Any) -> Any:  # noqa: ANN401 - the maker's own
        made.append(getattr(import_module(module), function)(*words))
        return made[0][0]

    with suppress(PortevoixError, ImportError):  # it is told when there is somebody to tell
        ready = getattr(import_module(module), "ready", None)
        if ready is not None:
            ready()
    try:
        words = pickle.load(asked)  # noqa: S301 - from the process that started this one
    except EOFError:
        return
    if not answer(begin, *words):
        return
    while True:
        try:
            portion = pickle.load(asked)  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        answer(made[0][1], portion)


if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):
        main()
