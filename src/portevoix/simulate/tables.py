"""Tables by the million for benchmarks: verbatims with their answers, and the labels of those with words; no text."""

from datetime import UTC, datetime, time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from portevoix.errors import PortevoixError
from portevoix.nouns import Label, Verbatim
from portevoix.simulate.world import LAST, SEGMENTS
from portevoix.tables import schema_of

VERBATIMS = pa.schema(
    [*(field for field in schema_of(Verbatim) if field.name != "text"), pa.field("said_on", pa.date32())]
)
LABELS = schema_of(Label)
DAYS = 730
_PORTION = 1_000_000
_DAY = 86_400_000_000
_THEMES = (
    "price",
    "speed",
    "outage",
    "billing",
    "reach",
    "staff",
    "contract",
    "app",
    "delivery",
    "installation",
)
_NAMES = {
    "channel": ("phone", "chat", "mail", "review", "survey"),
    "product": ("fibre", "television", "mobile"),
    "provider": ("Tilleul", "Ardoise"),
    "segment": tuple(name for name, _ in SEGMENTS),
}  # fmt: skip
_ASKED = {"nps": (0, 10, 0.3), "csat": (1, 5, 0.2), "ces": (1, 7, 0.1), "needs_met": (1, 5, 0.1), "easy": (1, 5, 0.1),
          "enjoyable": (1, 5, 0.1)}  # fmt: skip


def write_tables(directory: Path, verbatims: int, seed: int) -> list[Path]:
    """Writes verbatims.parquet and labels.parquet: so many verbatims over two years, the later days the livelier, and
    two labels a verbatim on average (half of them have words: a language, a mood, two themes). The same arguments give
    the same rows. Raises PortevoixError where the folder can't be written.
    """
    paths = [directory / "verbatims.parquet", directory / "labels.parquet"]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(paths[0], VERBATIMS, compression="zstd") as said, pq.ParquetWriter(
            paths[1], LABELS, compression="zstd"
        ) as read:  # fmt: skip
            for start in range(0, verbatims, _PORTION):
                rng = np.random.default_rng([seed, start])
                numbers = np.arange(start, min(start + _PORTION, verbatims))
                said.write_table(_verbatims(rng, numbers, verbatims))
                read.write_table(_labels(rng, numbers[numbers % 2 == 0]))
    except OSError as error:
        raise PortevoixError(
            f"The folder {directory} cannot be written ({error.strerror}); name another one with -o."
        ) from error
    return paths


def _verbatims(rng: np.random.Generator, numbers: NDArray[np.int64], of: int) -> pa.Table:
    n = len(numbers)
    end = int(datetime.combine(LAST, time(), UTC).timestamp() * 1e6) + _DAY
    ago = (1 - numbers / of) * (DAYS - 1) + rng.random(
        n
    )  # rows come in the order of time, as a home keeps them
    at = end - (ago * _DAY).astype(np.int64)
    columns: dict[str, pa.Array] = {
        "id": _named("sim/", numbers),
        "said_at": pa.array(at, pa.int64()).cast(pa.timestamp("us")),
        "said_on": pa.array((at // _DAY).astype(np.int32), pa.int32()).cast(pa.date32()),
        "person": _named("p", rng.integers(0, max(1, of // 8), n)),
        "author": _among(rng, n, ("customer", "agent"), (0.95, 0.05)),
        **{name: _among(rng, n, names) for name, names in _NAMES.items()},
        "stars": pa.array(rng.integers(1, 6, n).astype(np.float64), mask=rng.random(n) > 0.2),
        "more": pa.array([[]] * n, VERBATIMS.field("more").type),
    }
    for name, (low, high, share) in _ASKED.items():
        columns[name] = pa.array(rng.integers(low, high + 1, n), pa.int64(), mask=rng.random(n) > share)
    return pa.table([columns.get(one.name, pa.nulls(n, one.type)) for one in VERBATIMS], schema=VERBATIMS)


def _labels(rng: np.random.Generator, numbers: NDArray[np.int64]) -> pa.Table:
    """Four labels of each of these verbatims: language, sentiment, two themes (now and then the same)."""
    n = len(numbers)
    mood = np.round(rng.uniform(-1, 1, (n, 3)), 2)
    mood[:, 1:] = np.where(np.abs(mood[:, 1:]) < 0.4, 0, np.sign(mood[:, 1:]))
    kinds = pa.array(np.tile(np.array(["lang", "sentiment", "theme", "theme"], dtype=object), n), pa.string())
    words = np.empty((n, 4), dtype=object)
    words[:, 0], words[:, 1] = np.where(rng.random(n) < 0.9, "fr", "en"), "mood"
    words[:, 2:] = np.array(_THEMES, dtype=object)[rng.integers(0, len(_THEMES), (n, 2))]
    polarity = np.column_stack([np.full(n, np.nan), mood]).ravel()
    columns = {
        "verbatim": _named("sim/", np.repeat(numbers, 4)),
        "kind": kinds,
        "value": pa.array(words.ravel(), pa.string()),
        "polarity": pa.array(polarity, mask=np.isnan(polarity)),
        "confidence": pa.array(np.round(rng.uniform(0.5, 1, 4 * n), 2)),
        "by": pa.array(["sim@1"] * (4 * n)),
    }
    return pa.table([columns.get(one.name, pa.nulls(4 * n, one.type)) for one in LABELS], schema=LABELS)


def _named(head: str, numbers: NDArray[np.int64]) -> pa.Array:
    return pc.binary_join_element_wise(head, pa.array(numbers, pa.int64()).cast(pa.string()), "")


def _among(
    rng: np.random.Generator, n: int, names: tuple[str, ...], chances: tuple[float, ...] | None = None
) -> pa.Array:
    codes = rng.choice(len(names), n, p=chances).astype(np.int8)
    return pa.DictionaryArray.from_arrays(codes, pa.array(names)).cast(pa.string())
