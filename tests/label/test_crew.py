import pyarrow as pa
import pytest

from portevoix.errors import PortevoixError, UnknownName
from portevoix.label import crew
from portevoix.label.reader import load
from portevoix.settings import Settings

TEXTS = [f"la ligne coupe encore le soir, dossier {n}, mais l'accueil est parfait" for n in range(500)] + [
    "",
    "👍",
    "RAS",
]


def portions(size: int) -> list[tuple[list[str], list[str]]]:
    ids = [str(n) for n in range(len(TEXTS))]
    return [(ids[start : start + size], TEXTS[start : start + size]) for start in range(0, len(ids), size)]


def read(settings: Settings, size: int) -> list[tuple[int, pa.Table, dict[str, int]]]:
    with crew.Crew("portevoix.portions:reader", 2) as several:
        several.begin(settings)
        return list(several.each(portions(size)))


def test_several_processes_read_what_one_reads_in_the_same_order() -> None:
    (ids, texts), labeller = portions(len(TEXTS))[0], load()
    found = [(n, labels) for n, labels, _ in read(Settings(), 70)]
    assert [n for n, _ in found] == [len(part) for part, _ in portions(70)]
    assert pa.concat_tables(labels for _, labels in found).equals(labeller.read(ids, texts))


def test_what_a_worker_refuses_is_raised_as_it_is() -> None:
    with pytest.raises(UnknownName, match="no such labeller"):
        read(Settings(model="no such labeller"), 100)


def test_a_worker_that_ends_is_told_in_a_sentence() -> None:
    with crew.Crew("os:_exit", 2) as gone:
        gone.begin(3)
        with pytest.raises(PortevoixError, match="ended before its time"):
            list(gone.each(portions(100)))


def test_a_reading_that_is_given_up_leaves_no_process() -> None:
    with crew.Crew("portevoix.portions:reader", 2) as several:
        several.begin(Settings())
        reading = several.each(portions(50))
        next(reading)
        reading.close()
    assert all(worker._process.returncode == 0 for worker in several._crew)
