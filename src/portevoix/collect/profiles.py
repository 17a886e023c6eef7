"""What a sample of the rows says of each column: the evidence on which columns are understood."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from portevoix.collect import dates, scales

_WORD = re.compile(r"(?<![\w/.:@#&=?-])[^\W\d_]{2,}(?![\w/:@=])")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w{2,}")
_LINK = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_PROBED = 400
NOTHING = frozenset(
    {"", "null", "none", "nan", "n/a", "na", "#n/a", "-", "--", "?", "\\n", "undefined", "(null)"}
)
"""What stands for no value in any column but the words."""


def is_nothing(cell: str) -> bool:
    """Whether a cell holds no value: blank, NULL, N/A, NaN, a dash."""
    return len(cell) < 10 and cell.strip().lower() in NOTHING


@dataclass(frozen=True, slots=True)
class Profile:
    """A column of the sample. Shares are of its filled cells, 0 to 1; `values` counts each distinct filled cell."""

    name: str
    rows: int
    values: Counter[str]
    filled: int
    words: int
    longest: int
    numbers: float
    dates: float
    written_dates: float
    clocks: float
    emails: float
    links: float
    objects: float

    @property
    def distinct(self) -> int:
        """How many different values the column holds in the sample."""
        return len(self.values)

    @property
    def unique(self) -> bool:
        """Whether each row has a value, and another one."""
        return self.filled == self.rows == self.distinct

    @property
    def mean_words(self) -> float:
        """Words in a filled cell."""
        return self.words / self.filled if self.filled else 0.0

    @property
    def commonest(self) -> int:
        """How many rows share the commonest value."""
        return max(self.values.values(), default=0)

    def share_on(self, scale: scales.Scale) -> float:
        """The share of the filled cells that state a point of a scale."""
        read = scales.reader(scale)
        return (
            sum(n for value, n in self.values.items() if read(value)[1]) / self.filled if self.filled else 0.0
        )

    def highest(self, scale: scales.Scale) -> float:
        """The highest score that the column states."""
        return max((s for s in (scales.score(v, scale) for v in self.values) if s is not None), default=0.0)


def profile(name: str, cells: Sequence[str]) -> Profile:
    """The evidence that some cells give of their column."""
    values = Counter(cell.strip() for cell in cells)
    for value in [v for v in values if is_nothing(v)]:
        del values[value]
    filled = sum(values.values())
    probe = dict(islice(values.items(), _PROBED))
    size = max(1, sum(probe.values()))

    def share(found: Iterable[str]) -> float:
        return sum(probe[value] for value in found) / size

    short = [v for v in probe if len(v) < 60 and not v.isalpha()]
    moments = [v for v in short if dates.parse(v) or dates.parse(v, day_is_first=False)]
    return Profile(
        name=name,
        rows=len(cells),
        values=values,
        filled=filled,
        words=sum(n * len(_WORD.findall(v[:20_000])) for v, n in values.items()),
        longest=max(map(len, values), default=0),
        numbers=share(v for v in short if amount(v) is not None),
        dates=share(moments),
        written_dates=share(v for v in moments if not v.replace(".", "").isdigit()),
        clocks=share(v for v in short if dates.clock(v) is not None),
        emails=share(v for v in probe if _EMAIL.fullmatch(v)),
        links=share(v for v in probe if _LINK.fullmatch(v)),
        objects=share(v for v in probe if v[:1] in "[{" and v[-1:] in "]}"),
    )


def amount(cell: str) -> float | None:
    """A number as accounts write it: 1234.5, 1 234,50 €, 1.234,50, 12 %; None for anything else."""
    bare = "".join(cell.split()).strip("€$£%").removesuffix("EUR")
    if bare.count(",") == 1 and bare.count(".") >= 1 and bare.index(",") > bare.rindex("."):
        bare = bare.replace(".", "")
    elif bare.count(".") == 1 and "," in bare:
        bare = bare.replace(",", "")
    return scales.number(bare)
