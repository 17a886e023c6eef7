"""The ledger: what came in, what was set aside, which letters were written, and the log of key commitments.

SQLAlchemy Core on SQLite (WAL, secure_delete) in the home. It holds no words.
"""

import json
import re
from collections.abc import Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portevoix.errors import Busy
from portevoix.keep.records import Records, lay

_SENTENCE = re.compile(r"(?<=[.!?]) +")
_meta = sa.MetaData()

_batches = sa.Table(
    "batches",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("digest", sa.String, nullable=False, index=True),
    sa.Column("columns", sa.JSON, nullable=False),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime),
    sa.Column("new", sa.Integer, nullable=False, default=0),
    sa.Column("changed", sa.Integer, nullable=False, default=0),
    sa.Column("known", sa.Integer, nullable=False, default=0),
    sa.Column("refused", sa.Integer, nullable=False, default=0),
    sa.Column("cells", sa.Integer, nullable=False, default=0),
)
_refused = sa.Table(
    "refused",
    _meta,
    sa.Column("batch", sa.ForeignKey("batches.id"), nullable=False, index=True),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
)
_letters = sa.Table(
    "letters",
    _meta,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("day", sa.Date),
    sa.Column("lang", sa.String, nullable=False),
    sa.Column("standing", sa.String, nullable=False, index=True),
    sa.Column("content", sa.JSON, nullable=False),
    sa.UniqueConstraint("day", "lang"),
)
_read = sa.Table(
    "read",
    _meta,
    sa.Column("model", sa.String, primary_key=True),
    sa.Column("batch", sa.Integer, nullable=False),
)
_log = sa.Table(
    "log",
    _meta,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one source: counts of rows that were new, changed, already known and set aside.

    `cells` counts single values that were set aside while the rest of their row was kept.
    """

    source: str
    kind: str
    new: int = 0
    changed: int = 0
    known: int = 0
    refused: int = 0
    cells: int = 0


class Ledger:
    """The ledger of a home; `path` None keeps it in memory."""

    def __init__(self, path: Path | None) -> None:
        url = "sqlite://" if path is None else f"sqlite:///{path}"
        self._engine = sa.create_engine(url)
        sa.event.listen(self._engine, "connect", _pragmas)
        self.records = Records(self._engine)
        lay(_meta, self._engine)

    def close(self) -> None:
        """Closes the file."""
        self._engine.dispose()

    def commit_keys(self, commitments: Sequence[bytes]) -> None:
        """Logs the commitments of new keys: a false certificate of erasure can be refuted later."""
        with self._engine.begin() as db:
            db.execute(_log.insert(), [{"kind": "key", "leaf": leaf} for leaf in commitments])

    def transaction(self) -> AbstractContextManager[sa.Connection]:
        """One commit over several tables: all of it is kept, or nothing."""
        return self._engine.begin()

    def entries(self, db: sa.Connection) -> list[tuple[str, bytes]]:
        """The log from its beginning: (kind, leaf); nothing is ever taken out of it."""
        return [(row.kind, row.leaf) for row in db.execute(sa.select(_log).order_by(_log.c.seq))]

    def log(self, db: sa.Connection, kind: str, leaves: Sequence[bytes]) -> None:
        """Appends to the log within a commit."""
        if leaves:
            db.execute(_log.insert(), [{"kind": kind, "leaf": leaf} for leaf in leaves])

    def adopt(self, other: "Ledger") -> bool:
        """Takes over the log and the erasures of a later state of this home; False, and nothing done, where it is not one."""
        with other.transaction() as theirs:
            later = other.entries(theirs)
        with self.transaction() as db:
            known = self.entries(db)
            if later[: len(known)] != known:
                return False
            if later[len(known) :]:
                rows = [{"kind": kind, "leaf": leaf} for kind, leaf in later[len(known) :]]
                db.execute(_log.insert(), rows)
            self.records.adopt(db, other.records)
        return True

    def settle(self) -> None:
        """Empties the write-ahead log into the file, so that nothing deleted stays in it."""
        with self._engine.connect() as db:
            if db.execute(sa.text("pragma wal_checkpoint(truncate)")).one()[0]:
                raise Busy("The file ledger.db is being read by another process: try again when it is done.")

    def copy(self, path: Path) -> None:
        """Copies the ledger as it is at this instant, for a backup."""
        with self._engine.connect() as db:
            db.execute(sa.text("vacuum into :path"), {"path": str(path)})

    def taken(self, digest: str) -> Taken | None:
        """What a finished batch of the very same bytes and mapping gave; all of it is known by now."""
        query = sa.select(_batches).where(_batches.c.digest == digest, _batches.c.finished_at.is_not(None))
        with self._engine.connect() as db:
            row = db.execute(query.order_by(_batches.c.id.desc())).first()
        if row is None:
            return None
        known = row.new + row.changed + row.known
        return Taken(source=row.source, kind=row.kind, known=known, refused=row.refused, cells=row.cells)

    def reopen(self) -> None:
        """From now on every source is read again when it comes again, row by row."""
        with self._engine.begin() as db:
            db.execute(_batches.update().where(_batches.c.digest != "").values(digest=""))

    def batches(self) -> list[tuple[int, str, str, str, int]]:
        """The finished batches: (number, source, kind, when, rows new or changed)."""
        query = sa.select(_batches).where(_batches.c.finished_at.is_not(None)).order_by(_batches.c.id)
        with self._engine.connect() as db:
            return [
                (
                    row.id,
                    row.source,
                    row.kind,
                    row.finished_at.isoformat("T", "minutes"),
                    row.new + row.changed,
                )
                for row in db.execute(query)
            ]

    def last(self) -> int:
        """The number of the last batch, also of one that is under way; 0 before the first."""
        with self._engine.connect() as db:
            return int(db.execute(sa.select(sa.func.max(_batches.c.id))).scalar() or 0)

    def read_through(self, model: str) -> int | None:
        """The batch up to which a model has read every verbatim; None where it is not known.

        It is not where a later batch was cut short: that one may have taken labels off rows of an earlier batch.
        """
        with self._engine.connect() as db:
            batch: int | None = db.execute(sa.select(_read.c.batch).where(_read.c.model == model)).scalar()
            cut = sa.select(_batches.c.id).where(
                _batches.c.id > (batch or 0), _batches.c.finished_at.is_(None)
            )
            return None if db.execute(cut.limit(1)).first() else batch

    def has_read(self, model: str, batch: int) -> None:
        """Notes that a model has read every verbatim of the batches up to this one; the writer alone may say so."""
        with self._engine.begin() as db:
            db.execute(_read.delete().where(_read.c.model == model))
            db.execute(_read.insert().values(model=model, batch=batch))

    def undone(self, batch: int) -> None:
        """Takes a batch out, with the rows that it had set aside; its number may be given again."""
        with self._engine.begin() as db:
            db.execute(_read.delete().where(_read.c.batch >= batch))
            db.execute(_refused.delete().where(_refused.c.batch == batch))
            db.execute(_batches.delete().where(_batches.c.id == batch))

    def begin(self, source: str, kind: str, digest: str, columns: Mapping[str, str]) -> int:
        """Opens a batch; `columns` maps the source's own column names to fields."""
        with self._engine.begin() as db:
            result = db.execute(
                _batches.insert().values(
                    source=source, kind=kind, digest=digest, columns=dict(columns), started_at=_now()
                )
            )
        (number,) = result.inserted_primary_key or (0,)
        return int(number)

    def refuse(self, batch: int, rows: Sequence[tuple[int, str]]) -> None:
        """Notes rows of a batch that were set aside: line number and reason, never the row's words."""
        if rows:
            with self._engine.begin() as db:
                db.execute(
                    _refused.insert(), [{"batch": batch, "line": line, "reason": why} for line, why in rows]
                )

    def finish(self, batch: int, taken: Taken) -> None:
        """Closes a batch with its counts."""
        with self._engine.begin() as db:
            db.execute(
                _batches.update()
                .where(_batches.c.id == batch)
                .values(
                    finished_at=_now(),
                    new=taken.new,
                    changed=taken.changed,
                    known=taken.known,
                    refused=taken.refused,
                    cells=taken.cells,
                )
            )

    def refused(self) -> list[tuple[str, int, str]]:
        """The rows set aside by the latest batch of each source: (source, line, reason)."""
        latest = self._latest()
        query = (
            sa.select(_batches.c.source, _refused.c.line, _refused.c.reason)
            .join_from(_refused, _batches)
            .where(_batches.c.id.in_(latest))
            .order_by(_batches.c.source, _refused.c.line)
        )
        with self._engine.connect() as db:
            return [(row.source, row.line, row.reason) for row in db.execute(query)]

    def sources(self) -> list[tuple[str, str, int]]:
        """The latest finished batch of each source: (source, kind, rows set aside)."""
        query = sa.select(_batches).where(_batches.c.id.in_(self._latest())).order_by(_batches.c.id)
        with self._engine.connect() as db:
            return [(row.source, row.kind, row.refused) for row in db.execute(query)]

    def columns(self, kind: str = "verbatims") -> dict[str, str]:
        """The sources' own column names and the fields that they were read as; later batches win."""
        names: dict[str, str] = {}
        query = sa.select(_batches.c.columns).where(_batches.c.kind == kind).order_by(_batches.c.id)
        with self._engine.connect() as db:
            for row in db.execute(query):
                names.update(row.columns)
        return names

    def has(self, kind: str) -> bool:
        """Whether a batch of a kind came in, also one that was cut short."""
        query = sa.select(_batches.c.id).where(_batches.c.kind == kind).limit(1)
        with self._engine.connect() as db:
            return db.execute(query).first() is not None

    def _latest(self) -> sa.Select[Any]:
        return (
            sa.select(sa.func.max(_batches.c.id))
            .where(_batches.c.finished_at.is_not(None))
            .group_by(_batches.c.source, _batches.c.kind)
        )

    def letter_number(self, day: date | None, lang: str) -> int:
        """The number of the letter of a day: the one it already has, else the next."""
        with self._engine.connect() as db:
            known = db.execute(
                sa.select(_letters.c.number).where(_letters.c.day == day, _letters.c.lang == lang)
            ).scalar()
            last = db.execute(sa.select(sa.func.max(_letters.c.number))).scalar()
        return int(known or (last or 0) + 1)

    def keep_letter(self, number: int, day: date | None, lang: str, content: Mapping[str, Any]) -> None:
        """Keeps a letter for replay and for the memory of what was told; quotes are references, without words."""
        text = json.loads(json.dumps(content))
        with self._engine.begin() as db:
            db.execute(_letters.delete().where(_letters.c.number == number))
            db.execute(
                _letters.insert().values(
                    number=number, day=day, lang=lang, standing=text["standing"], content=text
                )
            )

    def letter_standing(self, standing: str) -> dict[str, Any] | None:
        """The letter that was written on exactly this, if one was."""
        query = sa.select(_letters.c.content).where(_letters.c.standing == standing)
        with self._engine.connect() as db:
            found: dict[str, Any] | None = db.execute(query).scalar()
        return found

    def letters_on(self, ids: Set[str]) -> dict[int, list[str]]:
        """The letters that quote verbatims or list them behind a brief: number and which ones."""
        with self._engine.connect() as db:
            named = {row.number: _named(row.content) & ids for row in db.execute(sa.select(_letters))}
        return {number: sorted(found) for number, found in named.items() if found}

    def withdraw(self, ids: Set[str]) -> None:
        """Takes verbatims out of the letters that were kept: their quotes and references go, the counts stay."""
        with self._engine.begin() as db:
            for row in db.execute(sa.select(_letters)).all():
                if _named(row.content) & ids:
                    changed = _without(row.content, ids)
                    db.execute(
                        _letters.update().where(_letters.c.number == row.number).values(content=changed)
                    )

    def told_before(self, day: date | None) -> bool:
        """Whether this home has written a letter of another day."""
        query = sa.select(_letters.c.number).where(_letters.c.day.is_distinct_from(day)).limit(1)
        with self._engine.connect() as db:
            return db.execute(query).first() is not None

    def letters(self, lang: str, since: date, until: date) -> list[tuple[date, dict[str, Any]]]:
        """The letters of the days since..until (exclusive), oldest first."""
        query = sa.select(_letters).where(
            _letters.c.lang == lang, _letters.c.day >= since, _letters.c.day < until
        )
        with self._engine.connect() as db:
            return [(row.day, row.content) for row in db.execute(query.order_by(_letters.c.day))]


def _named(content: Mapping[str, Any]) -> set[str]:
    quoted = {quote["verbatim"] for quote in content["quotes"]}
    return quoted.union(*(brief["verbatims"] for brief in content["briefs"]))


def _without(content: Mapping[str, Any], ids: Set[str]) -> dict[str, Any]:
    quotes = [quote for quote in content["quotes"] if quote["verbatim"] not in ids]
    briefs = [_thinned(brief, ids) for brief in content["briefs"]]
    gone = content["base"].get("withdrawn", 0) + len(content["quotes"]) - len(quotes)
    return {**content, "quotes": quotes, "briefs": briefs, "base": {**content["base"], "withdrawn": gone}}


def _thinned(brief: Mapping[str, Any], ids: Set[str]) -> Mapping[str, Any]:
    """A brief without some verbatims; where it lost any, without the expressions that several shared: those are words too."""
    staying = [name for name in brief["verbatims"] if name not in ids]
    if len(staying) == len(brief["verbatims"]):
        return brief
    shared = [
        _folded(one["where"]["words"]) for one in brief.get("measures", ()) if one["name"] == "expression"
    ]
    if not shared:
        return {**brief, "verbatims": staying}
    sentences = _SENTENCE.split(brief["text"])
    text = " ".join(one for one in sentences if not any(words in _folded(one) for words in shared))
    measures = [one for one in brief["measures"] if one["name"] != "expression"]
    return {**brief, "verbatims": staying, "text": text, "measures": measures}


def _folded(text: str) -> str:
    """Words whatever their typography."""
    return " ".join(text.replace("’", "'").split()).casefold()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=wal",
        "synchronous=full",
        "secure_delete=on",
        "foreign_keys=on",
        "busy_timeout=30000",
    ):
        cursor.execute(f"pragma {pragma}")
    cursor.close()
