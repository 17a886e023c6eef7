"""Tables by the million for benchmarks: verbatims with their answers, the labels of those with words, customers, cases;
no text.
"""

from datetime import UTC, datetime, time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from portevoix.errors import PortevoixError
from portevoix.nouns import Case, Customer, Label, Verbatim
from portevoix.simulate.world import CITIES, LAST, SEGMENTS
from portevoix.tables import schema_of

VERBATIMS = pa.schema(
    [*(field for field in schema_of(Verbatim) if field.name != "text"), pa.field("said_on", pa.date32())]
)
LABELS, CUSTOMERS, CASES = (schema_of(noun) for noun in (Label, Customer, Case))
DAYS = 730
_PORTION = 1_000_000
_DAY = 86_400_000_000
_END = int(datetime.combine(LAST, time(), UTC).timestamp() * 1e6) + _DAY
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
    """Writes verbatims, labels, customers and cases .parquet: so many verbatims over two years, the later days the livelier,
    two labels a verbatim on average (half of them have words: a language, a mood, two themes), a customer for eight
    verbatims and a helpdesk's case for six. The same arguments give the same rows. Raises PortevoixError where the
    folder can't be written.
    """
    paths = [directory / f"{name}.parquet" for name in ("verbatims", "labels", "customers", "cases")]
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
        people = max(1, verbatims // 8)
        pq.write_table(_customers(np.random.default_rng([seed, 1]), people), paths[2], compression="zstd")
        cases = _cases(np.random.default_rng([seed, 2]), verbatims // 6, people)
        pq.write_table(cases, paths[3], compression="zstd")
    except OSError as error:
        raise PortevoixError(
            f"The folder {directory} cannot be written ({error.strerror}); name another one with -o."
        ) from error
    return paths


def _verbatims(rng: np.random.Generator, numbers: NDArray[np.int64], of: int) -> pa.Table:
    n = len(numbers)
    ago = (1 - numbers / of) * (DAYS - 1) + rng.random(
        n
    )  # rows come in the order of time, as a home keeps them
    at = _END - (ago * _DAY).astype(np.int64)
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


def _customers(rng: np.random.Generator, n: int) -> pa.Table:
    """Ten years of customers; one in eight left in the two years that verbatims speak of, more of those by the month."""
    since = _END - (rng.random(n) * 3650 * _DAY).astype(np.int64)
    monthly = rng.random(n) < 0.4
    left = _END - (rng.random(n) * DAYS * _DAY).astype(np.int64)
    stays = (rng.random(n) > np.where(monthly, 0.2, 0.1)) | (left <= since)
    revenue = np.round(12 * rng.lognormal(3.6, 0.4, n), 2)
    more = {"city": _drawn(rng, n, CITIES), "contract": pa.array(np.where(monthly, "monthly", "yearly")),
            "devices": pa.array(rng.integers(1, 16, n)).cast(pa.string()),
            "segment": _drawn(rng, n, SEGMENTS)}  # fmt: skip
    referred = pa.array(np.where(rng.random(n) < 0.12, rng.integers(0, n, n), -1), pa.int64())
    names = _named("p", np.arange(n))
    columns: dict[str, pa.Array] = {
        "person": names,
        "since": _instants(since),
        "left_at": _instants(left, stays),
        "revenue": pa.array(revenue, mask=rng.random(n) < 0.05),
        "margin": pa.array(np.round(revenue * rng.uniform(0.1, 0.6, n), 2)),
        "referred_by": names.take(pc.if_else(pc.less(referred, 0), None, referred)),
        "more": _maps(more),
    }
    return pa.table([columns[one.name] for one in CUSTOMERS], schema=CUSTOMERS)


def _cases(rng: np.random.Generator, n: int, people: int) -> pa.Table:
    """A helpdesk's log over the same two years; a fifth of the cases bring an earlier one up again, within days."""
    person, theme = rng.integers(0, people, n), rng.integers(0, len(_THEMES), n)
    opened = _END - (rng.random(n) * DAYS * _DAY).astype(np.int64)
    again = np.arange(n) >= n - n // 5
    first = rng.integers(0, max(1, n - n // 5), n)
    person, theme = np.where(again, person[first], person), np.where(again, theme[first], theme)
    opened = np.where(again, opened[first] + (rng.exponential(5, n) * _DAY).astype(np.int64), opened)
    opened = np.minimum(opened, _END - 1)
    answered = opened + (rng.exponential(0.3, n) * _DAY).astype(np.int64)
    claimed = answered + (rng.exponential(1.5, n) * _DAY).astype(np.int64)
    silent = rng.random(n) < 0.08
    columns: dict[str, pa.Array] = {
        "id": _named("case/", np.arange(n)),
        "person": _named("p", person),
        "theme": pa.array(np.array(_THEMES, dtype=object)[theme], pa.string()),
        "opened_at": _instants(opened),
        "answered_at": _instants(answered, silent),
        "claimed_at": _instants(claimed, silent | (rng.random(n) < 0.1)),
        "relapses": pa.array((rng.random(n) < 0.01).astype(np.int64)),
        "provider": _among(rng, n, _NAMES["provider"]),
        "channel": _among(rng, n, _NAMES["channel"]),
        "more": _maps({"product": _among(rng, n, _NAMES["product"])}),
    }
    return pa.table([columns.get(one.name, pa.nulls(n, one.type)) for one in CASES], schema=CASES)


def _instants(at: NDArray[np.int64], unknown: NDArray[np.bool_] | None = None) -> pa.Array:
    """Microseconds since 1970 as instants, to the second."""
    return pa.array(at // 1_000_000 * 1_000_000, pa.int64(), mask=unknown).cast(pa.timestamp("us"))


def _maps(columns: dict[str, pa.Array]) -> pa.Array:
    """One map a row, of these columns by name."""
    n, size = len(next(iter(columns.values()))), len(columns)
    places = np.arange(n * size).reshape(size, n).T.ravel()
    values = pa.concat_arrays(list(columns.values())).take(pa.array(places))
    return pa.MapArray.from_arrays(
        np.arange(0, n * size + 1, size, dtype=np.int32), list(columns) * n, values
    )


def _named(head: str, numbers: NDArray[np.int64]) -> pa.Array:
    return pc.binary_join_element_wise(head, pa.array(numbers, pa.int64()).cast(pa.string()), "")


def _drawn(rng: np.random.Generator, n: int, shares: tuple[tuple[str, float], ...]) -> pa.Array:
    return _among(rng, n, tuple(name for name, _ in shares), tuple(share for _, share in shares))


def _among(
    rng: np.random.Generator, n: int, names: tuple[str, ...], chances: tuple[float, ...] | None = None
) -> pa.Array:
    codes = rng.choice(len(names), n, p=chances).astype(np.int8)
    return pa.DictionaryArray.from_arrays(codes, pa.array(names)).cast(pa.string())
