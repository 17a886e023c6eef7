"""Store: what came in is kept once, sealed, and read back by those who may."""

import hmac
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portevoix.keep import facts, migrate, suppress
from portevoix.keep.engines import Engine
from portevoix.keep.home import Home, explained
from portevoix.keep.keys import Keys
from portevoix.keep.ledger import Ledger, Taken
from portevoix.keep.master import Unlocking
from portevoix.keep.seen import Seen

_PORTION = 10_000
_LAST = 2**63 - 1
_OPEN = Unlocking()


class Coming(Protocol):
    """What the store takes in: a source that was understood, in batches (the shape is in docs/decisions/0001)."""

    source: str
    kind: str
    digest: str

    def batches(self) -> Iterable[Any]:
        """Yields objects with `rows` (Arrow table) and `refused` (objects with `line`, `reason` and, for a single cell, `column`)."""
        ...


class Store:
    """The ground under the verbs: facts, keys and ledger of one home. `path` None is a one-shot home, gone on close.

    `unlocking` opens the master key, when the first key is needed. A home of an earlier format is carried over first; `spare`
    keeps a backup of it as it was.
    """

    def __init__(
        self,
        path: str | Path | None,
        timezone: str = "Europe/Paris",
        unlocking: Unlocking = _OPEN,
        *,
        spare: bool = True,
    ) -> None:
        self.home = Home(path)
        self.unlocking = unlocking
        self.zone = ZoneInfo(timezone)
        disk = None if self.home.one_shot else self.home.path
        with explained(self.home.path):
            self.ledger = Ledger(disk and disk / "ledger.db")
            self.keys = Keys(disk and disk / "keys.db", self.home.secret, self.ledger.commit_keys, unlocking)
        self._engine_open: Engine | None = None
        self._seen_open: Seen | None = None
        migrate.carry(self, spare)

    @property
    def engine(self) -> Engine:
        """The engine, opened when first asked for."""
        if self._engine_open is None:
            self._engine_open = Engine(self.home.facts)
        return self._engine_open

    @property
    def seen(self) -> Seen:
        """What this process has read already."""
        if self._seen_open is None:
            self._seen_open = Seen(self.engine, self.home.facts)
        return self._seen_open

    def close(self) -> None:
        """Closes everything; a one-shot home is removed."""
        if self._engine_open is not None:
            self._engine_open.close()
        self.keys.close()
        self.ledger.close()
        self.home.close()

    # -- taking in -----------------------------------------------------------------------------------------------

    def took(self, digest: str) -> bool:
        """Whether a source of this digest was taken in whole."""
        return self.ledger.taken(self._mac(b"source", digest.encode()).hex()) is not None

    def add(
        self, coming: Coming, columns: Mapping[str, str], step: Callable[[int], None] = lambda rows: None
    ) -> Taken:
        """Keeps a source: new rows appended, changed rows replaced, known rows left; the counts of each.

        A source of the very same bytes and mapping is known without being read. `step` hears of rows done.
        """
        digest = self._mac(b"source", coming.digest.encode()).hex()
        with self.home.writing():
            if (known := self.ledger.taken(digest)) is not None:
                return replace(known, source=coming.source)
            batch = self.ledger.begin(coming.source, coming.kind, digest, columns)
            taken = Taken(source=coming.source, kind=coming.kind)
            occurrences = _Occurrences()
            for part in coming.batches():
                rows, forgotten = (
                    self._welcome(coming, part.rows, occurrences) if len(part.rows) else (None, [])
                )
                refusals = [*part.refused, *forgotten]
                self.ledger.refuse(batch, [(refused.line, refused.reason) for refused in refusals])
                counts = self._keep(coming.kind, rows, batch) if rows else (0, 0, 0)
                taken = replace(
                    taken,
                    new=taken.new + counts[0],
                    changed=taken.changed + counts[1],
                    known=taken.known + counts[2],
                    refused=taken.refused + sum(refused.column is None for refused in refusals),
                    cells=taken.cells + sum(refused.column is not None for refused in refusals),
                )
                step(len(part.rows))
            self.ledger.finish(batch, taken)
        return taken

    def _welcome(
        self, coming: Coming, rows: pa.Table, occurrences: "_Occurrences"
    ) -> tuple[pa.Table, list[suppress.Refusal]]:
        """The rows under ids and pseudonyms, and the refusals of those whose author asked to be forgotten."""
        marks = self.ledger.records.suppressed()
        refusals: list[suppress.Refusal] = []
        if marks and "person" in rows.column_names:
            rows, refusals = suppress.without(rows, "person", marks, self.person_mark, suppress.PERSON)
            rows = suppress.cleared(rows, "referred_by", marks, self.person_mark)
        rows = self._with_keys(coming, rows, occurrences)
        if coming.kind == "verbatims":
            rows, more = suppress.without(rows, "id", marks, self.verbatim_mark, suppress.VERBATIM)
            refusals += more
        return rows, refusals

    def person_mark(self, person: str) -> bytes:
        """The mark of a person, by their address or number, in the list of those who asked to be forgotten."""
        return suppress.person_mark(self.home.secret, self.keys.finder(person))

    def verbatim_mark(self, name: str) -> bytes:
        """The mark of a verbatim, by its id, in the same list."""
        return suppress.verbatim_mark(self.home.secret, name)

    def _keep(self, table: str, rows: pa.Table, batch: int) -> tuple[int, int, int]:
        key = facts.KEY[table]
        came = {name: place for place, name in enumerate(rows[key].to_pylist())}
        marks = rows["row"].to_pylist()
        kept = self._marks(table, key, list(came))
        fresh = [place for name, place in came.items() if name not in kept]
        moved = [place for name, place in came.items() if name in kept and kept[name] != marks[place]]
        if fresh:
            facts.append(self.home.facts, table, self._sealed(table, rows.take(fresh), batch))
        if moved:
            if table == "verbatims":
                self._drop_labels({rows[key][place].as_py(): rows["text"][place].as_py() for place in moved})
            facts.replace(self.home.facts, table, self._sealed(table, rows.take(moved), batch))
        return len(fresh), len(moved), len(rows) - len(fresh) - len(moved)

    def _with_keys(self, coming: Coming, rows: pa.Table, occurrences: "_Occurrences") -> pa.Table:
        """Ids and pseudonyms in the place of the source's own; `row` becomes keyed, so that it tells nothing."""
        people = [column for column in ("person", "referred_by") if column in rows.column_names]
        for column in people:
            raw = rows[column].to_pylist()
            names = self.keys.pseudonyms({person for person in raw if person})
            index = rows.schema.get_field_index(column)
            rows = rows.set_column(
                index, column, pa.array([names.get(person) for person in raw], pa.string())
            )
        digests = rows["row"].to_pylist()
        if facts.KEY[coming.kind] == "id":
            own = rows["own_id"].to_pylist()
            unnamed = [digest for name, digest in zip(own, digests, strict=True) if not name]
            given = iter(self._numbered(coming, unnamed, occurrences))
            ids = [f"{coming.source}/{name or next(given)}" for name in own]
            rows = rows.append_column("id", pa.array(ids, pa.string()))
        keyed = [self._mac(b"row", digest)[:16] for digest in digests]
        return rows.set_column(rows.schema.get_field_index("row"), "row", pa.array(keyed, pa.binary()))

    def _numbered(
        self, coming: Coming, digests: Sequence[bytes], occurrences: "_Occurrences"
    ) -> Iterator[str]:
        source = coming.source.encode()
        for digest, place in zip(digests, occurrences.places(digests), strict=True):
            yield self._mac(b"id", source, digest, str(place).encode())[:12].hex()

    def _marks(self, table: str, key: str, names: Sequence[str]) -> dict[str, bytes]:
        """The `row` marks of those of `names` that are kept already."""
        if facts.version(self.home.facts, table) < 0:
            return {}
        wanted = self.engine.load("names", pa.table({key: pa.array(names, pa.string())}))
        rows = (
            self.engine.part(table, lambda: self.seen.holding(names))
            if table == "verbatims"
            else self.engine.table(table)
        )
        found = self.engine.run(rows.semi_join(wanted, key).select(key, "row"))
        return dict(zip(found[key].to_pylist(), found["row"].to_pylist(), strict=True))

    def _sealed(self, table: str, rows: pa.Table, batch: int) -> pa.Table:
        """The rows as the table stores them: words encrypted, the local day beside the instant."""
        if table == "verbatims":
            ids, people, texts = (rows[name].to_pylist() for name in ("id", "person", "text"))
            said = [
                place for place, text in enumerate(texts) if text
            ]  # a score without words has none to seal
            names = [people[place] or ids[place] for place in said]
            self.keys.ensure(ids[place] for place in said if not people[place])
            sealed = self.keys.encrypt(
                [(ids[place], name, texts[place]) for place, name in zip(said, names, strict=True)]
            )
            words: list[bytes | None] = [None] * len(ids)
            for place, cipher in zip(said, sealed, strict=True):
                words[place] = cipher
            rows = rows.append_column("words", pa.array(words, pa.binary()))
            rows = rows.append_column("said_on", local_days(rows["said_at"], self.zone))
        rows = rows.append_column("batch", pa.array([batch] * len(rows), pa.int64()))
        return rows.select(facts.TABLES[table].names)

    def _mac(self, *parts: bytes) -> bytes:
        return hmac.digest(self.home.secret, b"\x1f".join(parts), "sha256")

    # -- labels --------------------------------------------------------------------------------------------------

    def unlabelled(self, model: str) -> Iterator[tuple[list[str], list[str]]]:
        """Ids and texts of customers' verbatims that `model` has not read yet, in portions."""
        columns = ("id", "person", "words")
        if self.ledger.read_through(model) is not None:
            few = self.run(self.waiting(self.engine, model).select(*columns).limit(_PORTION + 1))
            if len(few) <= _PORTION:
                yield from self._texts(few)
                return
        engine = Engine(self.home.facts)  # a stream wants a connection of its own
        try:
            for part in engine.stream(self.waiting(engine, model).select(*columns), _PORTION):
                yield from self._texts(part)
        finally:
            engine.close()

    def _texts(self, rows: pa.Table | pa.RecordBatch) -> Iterator[tuple[list[str], list[str]]]:
        if rows.num_rows:
            texts = self.opened(*(rows[name].to_pylist() for name in ("id", "person", "words")))
            yield list(texts), list(texts.values())

    def waiting(self, engine: Engine, model: str) -> Any:  # noqa: ANN401 - ibis ships no types
        """Customers' verbatims that `model` has not read, of the batches that came since it had read all."""
        through = self.ledger.read_through(model)
        if through is None:
            rows, labels = engine.table("verbatims"), engine.table("labels")
        else:

            def fresh() -> list[str]:
                return facts.between(self.home.facts, "verbatims", "batch", through + 1, _LAST)

            rows = engine.part("verbatims", fresh).filter(lambda t: t.batch > through)
            labels = engine.part("labels", lambda: self.seen.labels(fresh()))
            ends = engine.run(rows.aggregate(low=rows.id.min(), high=rows.id.max())).to_pylist()[0]
            labels = labels.filter(labels.verbatim.between(ends["low"] or "", ends["high"] or ""))
        read = labels.filter(lambda t: (t.kind == "lang") & (t.by == model))
        return rows.filter(rows.author == "customer").anti_join(read, [("id", "verbatim")])

    def add_labels(self, labels: pa.Table) -> None:
        """Appends a model's labels in one commit."""
        mine = labels.append_column("batch", pa.nulls(len(labels), pa.int64()))
        facts.append(self.home.facts, "labels", mine)

    def _drop_labels(self, fresh: Mapping[str, str | None]) -> None:
        """Removes what models read in words that have changed; what people said of them stays, without its place."""
        before = self.words(list(fresh))
        others = [name for name, text in fresh.items() if before.get(name) != (text or "")]
        for start in range(0, len(fresh), 1000):
            quoted = facts.among("verbatim", list(fresh)[start : start + 1000])
            facts.remove(self.home.facts, "labels", f"{quoted} and by not like 'human:%'")
        for start in range(0, len(others), 1000):
            placed = f"{facts.among('verbatim', others[start : start + 1000])} and start is not null"
            for column in ("stop", "start"):
                facts.clear(self.home.facts, "labels", column, placed)

    def knows(self, verbatim: str) -> bool:
        """Whether a verbatim of this id is kept."""
        rows = self.engine.table("verbatims")
        found = self.run(rows.filter(rows.id == verbatim).aggregate(n=lambda t: t.count()))
        return bool(found["n"][0].as_py())

    # -- reading -------------------------------------------------------------------------------------------------

    def words(self, ids: Sequence[str]) -> dict[str, str]:
        """The texts of verbatims by id, scrubbed as they were kept; erased and unknown ones are left out."""
        if not ids:
            return {}
        wanted = self.engine.load("wanted", pa.table({"id": pa.array(ids, pa.string())}))
        found = self.engine.run(
            self.engine.table("verbatims").semi_join(wanted, "id").select("id", "person", "words")
        )
        return self.opened(*(found[name].to_pylist() for name in ("id", "person", "words")))

    def sealed(self, size: int) -> Iterator[tuple[list[str], list[str | None], list[bytes | None]]]:
        """Ids, pseudonyms and sealed words of all verbatims, in portions."""
        engine = Engine(self.home.facts)
        try:
            for part in engine.stream(engine.table("verbatims").select("id", "person", "words"), size):
                ids, people, words = (part[name].to_pylist() for name in ("id", "person", "words"))
                yield ids, people, words
        finally:
            engine.close()

    def opened(
        self, ids: Sequence[str], people: Sequence[str | None], words: Sequence[bytes | None]
    ) -> dict[str, str]:
        """The words of verbatims, from their ids, people and sealed words; those whose key is gone are left out."""
        said = [
            (verbatim, person or verbatim, cipher)
            for verbatim, person, cipher in zip(ids, people, words, strict=True)
            if cipher is not None
        ]
        with explained(self.home.path):
            opened = dict(zip((row[0] for row in said), self.keys.decrypt(said), strict=True))
        texts = {verbatim: opened.get(verbatim, "") for verbatim in ids}
        return {verbatim: text for verbatim, text in texts.items() if text is not None}

    def table(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        """A fact table as an Ibis table; `verbatims` come without their sealed words."""
        found = self.engine.table(name)
        inner = [column for column in facts.INNER if column in found.columns]
        return found.drop(*inner) if inner else found

    def batched(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        """A fact table with the batch of each row."""
        return self.engine.table(name)

    def versions(self) -> dict[str, int]:
        """The number of the last commit of each fact table: what was read, when it is the same, is the same."""
        return {name: facts.version(self.home.facts, name) for name in facts.TABLES}

    def run(self, expression: Any) -> pa.Table:  # noqa: ANN401 - ibis ships no types
        """Computes an Ibis table."""
        return self.engine.run(expression)


class _Occurrences:
    """How many times a row has been seen in a source; spills to disk, holds digests alone."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("create table seen (digest blob primary key, n integer not null) without rowid")
        self._db.execute("begin")

    def places(self, digests: Sequence[bytes]) -> list[int]:
        """Of each of these rows, in their order: 1 for the first with its digest, 2 for the second."""
        counts: dict[bytes, int] = {}
        wanted = list(set(digests))
        for start in range(0, len(wanted), 500):
            chunk = wanted[start : start + 500]
            marks = ",".join("?" * len(chunk))
            counts |= self._db.execute(f"select digest, n from seen where digest in ({marks})", chunk)  # noqa: S608 - marks alone
        found = []
        for digest in digests:
            counts[digest] = counts.get(digest, 0) + 1
            found.append(counts[digest])
        self._db.executemany("insert or replace into seen values (?, ?)", counts.items())
        return found


def local_days(instants: pa.ChunkedArray, zone: ZoneInfo) -> pa.Array:
    """The local day of UTC instants; zones change on whole quarters of an hour, so each quarter is asked once."""
    filled = instants.combine_chunks() if isinstance(instants, pa.ChunkedArray) else instants
    known = np.asarray(pc.is_valid(filled))
    micros = np.asarray(pc.fill_null(filled.cast(pa.int64()), 0))
    quarters, place = np.unique(micros // 900_000_000, return_inverse=True)
    offsets = np.array(
        [
            int(
                (
                    datetime.fromtimestamp(int(q) * 900, UTC).astimezone(zone).utcoffset() or timedelta()
                ).total_seconds()
            )
            for q in quarters
        ],
        dtype=np.int64,
    )
    days = (micros // 1_000_000 + offsets[place]) // 86_400 if len(micros) else micros
    return pa.array(days.astype(np.int32), pa.int32(), mask=~known).cast(pa.date32())
