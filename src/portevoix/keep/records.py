"""What the ledger knows of erasures: who is to be forgotten, which keys are gone for good, whom to refuse from now on.

In the ledger's own file. The name of a person stands here only from the wish to the end of the work, so that a run that
was killed in between is finished by the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

_meta = sa.MetaData()
_erasures = sa.Table(
    "erasures",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("mark", sa.LargeBinary, nullable=False, index=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("name", sa.String),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("asked_at", sa.String, nullable=False),
    sa.Column("inventory", sa.JSON(none_as_null=True)),
    sa.Column("receipt", sa.JSON(none_as_null=True)),
)
_suppressed = sa.Table("suppressed", _meta, sa.Column("mark", sa.LargeBinary, primary_key=True))
_heads = sa.Table(
    "heads",
    _meta,
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("note", sa.String, nullable=False),
)
_anchors = sa.Table(
    "anchors",
    _meta,
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("by", sa.String, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
_backups = sa.Table(
    "backups",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("folder", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Erasure:
    """One erasure that was asked for: of a person (by pseudonym), of a verbatim (by id), of a batch or of what is past.

    `kind` is "person", "verbatim", "undo" or "purge"; the `name` of a purge is its terms in JSON.

    `inventory` is None until what is theirs was counted; `name` is empty once nothing of theirs is left.
    """

    id: int
    mark: bytes
    kind: str
    name: str | None
    subject: str
    asked_at: str
    inventory: Mapping[str, Any] | None


def lay(tables: sa.MetaData, engine: sa.Engine) -> None:
    """Makes the tables and their indexes that aren't there, also when another process is making them too."""
    with engine.begin() as db:
        for table in tables.sorted_tables:
            db.execute(sa.schema.CreateTable(table, if_not_exists=True))
            for index in sorted(table.indexes, key=lambda each: str(each.name)):
                db.execute(sa.schema.CreateIndex(index, if_not_exists=True))


class Records:
    """The erasures of a home, in the file of its ledger."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        lay(_meta, engine)

    def suppressed(self) -> set[bytes]:
        """The marks of those who are not to come in again."""
        with self._engine.connect() as db:
            return set(db.execute(sa.select(_suppressed.c.mark)).scalars())

    def ask(self, wishes: Sequence[Mapping[str, Any]]) -> None:
        """Notes wishes (mark, kind, name, subject, inventory) in one commit, and freezes those people from now on.

        `asked_at` may be given too: somebody who was forgotten before had asked then. A wish for somebody whose erasure is under way takes the place of the earlier one.
        """
        with self._engine.begin() as db:
            for wish in wishes:
                waiting = db.execute(
                    sa.select(_erasures.c.id).where(
                        _erasures.c.mark == wish["mark"], _erasures.c.receipt.is_(sa.null())
                    )
                ).scalar()
                if waiting is None:
                    db.execute(_erasures.insert().values(**{"asked_at": now(), **wish}))
                else:
                    db.execute(
                        _erasures.update().where(_erasures.c.id == waiting).values(subject=wish["subject"])
                    )
            _suppress(db, [wish["mark"] for wish in wishes])

    def plan(self, kind: str, name: str, subject: str) -> None:
        """Notes an erasure of another kind, "undo" or "purge", that refuses nobody."""
        wish = {"mark": bytes.fromhex(subject), "kind": kind, "name": name, "subject": subject}
        with self._engine.begin() as db:
            db.execute(_erasures.insert().values(asked_at=now(), **wish))

    def pending(self) -> list[Erasure]:
        """The erasures that were begun and not finished."""
        query = sa.select(_erasures).where(_erasures.c.receipt.is_(sa.null())).order_by(_erasures.c.id)
        with self._engine.connect() as db:
            return [_erasure(row) for row in db.execute(query)]

    def finished(self, mark: bytes) -> Erasure | None:
        """The latest finished erasure of somebody; None where there is none."""
        query = (
            sa.select(_erasures)
            .where(_erasures.c.mark == mark, _erasures.c.receipt.is_not(sa.null()))
            .order_by(_erasures.c.id.desc())
        )
        with self._engine.connect() as db:
            row = db.execute(query).first()
        return None if row is None else _erasure(row)

    def counted(self, inventories: Mapping[int, Mapping[str, Any]], marks: Iterable[bytes] = ()) -> None:
        """Keeps the inventories of erasures by number, and the marks of what goes with them."""
        with self._engine.begin() as db:
            for erasure, inventory in inventories.items():
                changed = _erasures.update().where(_erasures.c.id == erasure)
                db.execute(changed.values(inventory=dict(inventory)))
            _suppress(db, marks)

    def destroyed(self) -> set[bytes]:
        """The commitments of all keys that were destroyed for good: what a batch brought may come back, people may not."""
        with self._engine.connect() as db:
            rows = db.execute(sa.select(_erasures.c.inventory).where(_erasures.c.kind != "undo")).scalars()
            return {bytes.fromhex(key) for inventory in rows for key in (inventory or {}).get("keys", ())}

    def finish(self, db: sa.Connection, receipts: Mapping[int, Mapping[str, Any]]) -> None:
        """Closes erasures with their receipts, within the commit that logs them; their names go."""
        for erasure, receipt in receipts.items():
            db.execute(
                _erasures.update().where(_erasures.c.id == erasure).values(receipt=dict(receipt), name=None)
            )

    def receipts(self) -> list[Mapping[str, Any]]:
        """All receipts, oldest first."""
        query = sa.select(_erasures.c.receipt).where(_erasures.c.receipt.is_not(sa.null()))
        with self._engine.connect() as db:
            return list(db.execute(query.order_by(_erasures.c.id)).scalars())

    def receipt(self, erasure: int) -> Mapping[str, Any] | None:
        """The receipt of one erasure."""
        query = sa.select(_erasures.c.receipt).where(_erasures.c.id == erasure)
        with self._engine.connect() as db:
            found: Mapping[str, Any] | None = db.execute(query).scalar()
        return found

    def head(self, db: sa.Connection, size: int, note: str) -> None:
        """Keeps a signed head of the log, within the commit that reached it."""
        db.execute(_heads.delete().where(_heads.c.size == size))
        db.execute(_heads.insert().values(size=size, note=note))

    def heads(self) -> list[tuple[int, str]]:
        """All signed heads, smallest log first."""
        with self._engine.connect() as db:
            return [(row.size, row.note) for row in db.execute(sa.select(_heads).order_by(_heads.c.size))]

    def anchor(self, size: int, by: str, content: bytes) -> None:
        """Keeps what somebody outside said of a signed head: a witness (`by` their public key), or a time stamp ("time")."""
        with self._engine.begin() as db:
            db.execute(_anchors.delete().where(_anchors.c.size == size, _anchors.c.by == by))
            db.execute(_anchors.insert().values(size=size, by=by, content=content))

    def anchors(self) -> list[tuple[int, str, bytes]]:
        """What was said of signed heads: (size, by whom, content), smallest log first."""
        query = sa.select(_anchors).order_by(_anchors.c.size, _anchors.c.by)
        with self._engine.connect() as db:
            return [(row.size, row.by, row.content) for row in db.execute(query)]

    def adopt(self, db: sa.Connection, other: "Records") -> None:
        """Takes over all that another state of this home knows of erasures, within a commit."""
        for table in (_erasures, _suppressed, _heads, _anchors, _backups):
            with other._engine.connect() as theirs:
                rows = [dict(row._mapping) for row in theirs.execute(sa.select(table))]
            db.execute(table.delete())
            if rows:
                db.execute(table.insert(), rows)

    def backed_up(self, folder: str) -> None:
        """Notes that a backup was made."""
        with self._engine.begin() as db:
            db.execute(_backups.insert().values(at=now(), folder=folder))

    def backups(self) -> list[tuple[str, str]]:
        """The backups made: (when, folder), oldest first."""
        with self._engine.connect() as db:
            return [(row.at, row.folder) for row in db.execute(sa.select(_backups).order_by(_backups.c.id))]


def _suppress(db: sa.Connection, marks: Iterable[bytes]) -> None:
    for mark in set(marks):
        if db.execute(sa.select(_suppressed).where(_suppressed.c.mark == mark)).first() is None:
            db.execute(_suppressed.insert().values(mark=mark))


def _erasure(row: Any) -> Erasure:  # noqa: ANN401 - a row of SQLAlchemy
    return Erasure(
        id=row.id,
        mark=row.mark,
        kind=row.kind,
        name=row.name,
        subject=row.subject,
        asked_at=row.asked_at,
        inventory=row.inventory,
    )


def now() -> str:
    """The instant, in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
