"""What reading a source gives: what was understood, and the rows in batches, with those that were set aside."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row set aside, by its line in the source (1-based, the header counts) and the reason in a sentence.

    With `column`, only that cell is set aside and the rest of the row is kept. The reason never holds the row's words;
    `cells` does, as far as the row could be cut, for who must lose nothing.
    """

    line: int
    reason: str
    column: str | None = None
    cells: Sequence[str] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a column of the source is taken for, or why it is left out (`field` None), in one plain line.

    `field` is a field of the noun, `own_id`, or `more`; `key` is the name under which `more` keeps it.
    """

    column: str
    field: str | None
    why: str
    key: str | None = None

    def __str__(self) -> str:
        kept = f"{self.field}[{self.key}]" if self.key else self.field
        return f"{self.column} → {kept}, {self.why}" if self.field else f"{self.column}: left out, {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Batch:
    """Some rows of a source as Arrow, in the source's order, and what was set aside among them."""

    rows: "pa.Table"
    refused: list[Refused]

    def __repr__(self) -> str:
        return f"Batch({self.rows.num_rows} rows, {len(self.refused)} refused)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A source that was understood and is ready to be read, as many times as wanted.

    `digest` stands for the content and for how it is read: equal digests give equal rows. `notes` are whole
    sentences; some are known only when `batches` is exhausted.
    """

    source: str
    kind: str
    digest: str
    understood: list[Understood]
    notes: list[str]
    read: Callable[[], Iterator[Batch]] = field(repr=False)

    def batches(self) -> Iterator[Batch]:
        """Stream the rows, ten thousand or so at a time: each row of the source is in `rows` or in `refused`."""
        return self.read()
