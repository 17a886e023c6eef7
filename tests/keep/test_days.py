"""A day's figures read no more than the day, and say what a reading of everything says, whatever happened to the home."""

import shutil
import tempfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix import plugs
from portevoix.keep import views
from portevoix.keep.near import daily, held
from portevoix.keep.store import Store
from portevoix.nouns import Label, Measure, Period
from portevoix.settings import Settings
from portevoix.tables import schema_of
from portevoix.voice import Voice
from tests.keep.coming import Coming

DAYS = (date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30))
FIGURES = ("nps", "csat", "themes")
WORDS = ("bien", "trop cher", "en panne", "merci", "")
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("collect"), st.sampled_from(["a", "b"]), st.lists(st.sampled_from(WORDS), max_size=30)
        ),
        st.tuples(st.just("label"), st.sampled_from(["one@1", "two@1"])),
        st.tuples(st.just("cut"), st.integers(0, 29)),
        st.tuples(st.just("undo"), st.integers(0, 9)),
        st.tuples(st.just("forget"), st.integers(0, 6)),
        st.tuples(st.just("correct"), st.integers(0, 29)),
    ),
    min_size=2,
    max_size=8,
)


class Reader:
    """A labeller that needs no model."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, ids: list[str], texts: list[str]) -> pa.Table:
        rows = [
            {"verbatim": one, "kind": kind, "value": value, "polarity": sign, "confidence": 0.9, "by": self.name}
            for one, text in zip(ids, texts, strict=True)
            for kind, value, sign in (
                ("lang", "fr", None),
                ("sentiment", "mood", len(text) % 3 - 1.0),
                ("theme", "prix" if len(text) % 2 else "panne", len(self.name + text) % 3 - 1.0),
            )
        ]  # fmt: skip
        return pa.Table.from_pylist(rows, schema=schema_of(Label))


def step(voice: Voice, what: tuple[Any, ...]) -> None:
    store = voice._store
    if what[0] == "collect":
        store.add(Coming(what[2], source=what[1], numbered=True, people=True), {})
    elif what[0] == "label":
        voice._labeller_open = Reader(what[1])
        voice.label()
    elif what[0] == "cut":  # a run that was killed between the removal of labels and the change of the row
        store.ledger.begin("a", "verbatims", "", {})
        store._drop_labels({f"a/{what[1]}": "autre"})
    elif what[0] == "undo":
        if batches := store.ledger.batches():
            voice.keep_undo(batches[what[1] % len(batches)][0])
    elif what[0] == "forget":
        if store.keys.find(f"client{what[1]}@example.org"):
            voice.forget([f"client{what[1]}@example.org"], lambda *_: None)
    elif store.knows(f"a/{what[1]}"):
        voice.correct(f"a/{what[1]}", by="lea", mentions=[{"theme": "price", "polarity": -1}])


def waiting(store: Store, model: str) -> set[str]:
    """What a model has not read, by a look at every row."""
    labels = store.run(store.table("labels").filter(lambda t: (t.kind == "lang") & (t.by == model)))
    return set(store.run(store.table("verbatims"))["id"].to_pylist()) - set(labels["verbatim"].to_pylist())


def whole(voice: Voice, name: str, period: Period) -> list[dict[str, Any]]:
    """A measure's table, from all the labels."""
    rows, labels = views.verbatims(voice._store, (), period), views.labels(voice._store, voice._model)
    return sorted(voice._store.run(plugs.measures[name](rows, labels)).to_pylist(), key=str)


def near(voice: Voice, name: str, period: Period) -> list[dict[str, Any]]:
    both = held(voice._store, voice._model, (), period)
    assert both is not None
    return sorted(voice._store.run(plugs.measures[name](*both)).to_pylist(), key=str)


def counted(store: Store) -> list[tuple[date, int]]:
    """Customers' verbatims by day, by a look at every row."""
    rows = store.run(store.table("verbatims").filter(lambda t: t.author == "customer"))
    return sorted(Counter(day for day in rows["said_on"].to_pylist() if day).items())


def moods(verbatims: Any, labels: Any) -> Any:
    """Labels by day and kind, and how many people have them."""
    both = verbatims.inner_join(labels, verbatims.id == labels.verbatim)
    return both.group_by("said_on", "kind").aggregate(n=both.count(), people=both.person.nunique())


def agrees(voice: Voice) -> None:
    """What is remembered says what every row says: the days, what waits for each model, the figures of a day, counts by day, known ids."""
    store = voice._store
    assert store.seen.days() == counted(store)
    for model in ("one@1", "two@1"):
        assert {one for ids, _ in store.unlabelled(model) for one in ids} == waiting(store, model)
    for name, day in zip(("nps", "themes"), DAYS[1:], strict=True):
        period = Period(kind="day", since=day, until=day + timedelta(days=1))
        assert near(voice, name, period) == whole(voice, name, period)
    asked = moods(views.verbatims(store), views.labels(store, voice._model))
    assert sorted(daily(store, voice._model)(moods, 9, DAYS[2]), key=str) == sorted(
        store.run(asked).to_pylist(), key=str
    )
    rows = store.run(store.engine.table("verbatims").select("id", "row"))
    kept = dict(zip(rows["id"].to_pylist(), rows["row"].to_pylist(), strict=True))
    assert store._marks("verbatims", "id", [*kept, "a/none"]) == kept


@given(steps=STEPS)
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_happens_a_day_counts_as_in_a_reading_of_everything(steps: list[tuple[Any, ...]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        with Voice(folder / "voice", settings=Settings()) as voice:
            voice._labeller_open = Reader("one@1")
            for what in [("collect", "a", list(WORDS) * 8), ("label", "one@1")]:
                step(voice, what)
            agrees(voice)
            for place, what in enumerate(steps, 1):
                step(voice, what)
                if place in (len(steps) // 2, len(steps)):
                    agrees(voice)
    finally:
        shutil.rmtree(folder)


def test_a_new_day_opens_no_file_but_those_that_came_since_the_last(tmp_path: Path) -> None:
    first: list[Path] = []
    with Voice(tmp_path / "voice", settings=Settings()) as voice:
        voice._labeller_open = Reader("one@1")
        for n, day in enumerate(DAYS, 2):
            if day == DAYS[2]:  # all that the first day brought is out of reach
                for file in first:
                    file.rename(file.with_suffix(".away"))
            texts = [f"{word}, {n} {time}" for word in WORDS for time in range(n)]
            voice._store.add(Coming(texts, first=datetime(day.year, day.month, day.day)), {})
            voice.label()
            figures = told(voice, day)
            if day == DAYS[0]:
                first = list((tmp_path / "voice" / "facts").glob("*/*.parquet"))
        assert [figure.n for figure in figures if figure.name == "nps"] == [4 * len(WORDS)]
        for file in first:
            file.with_suffix(".away").rename(file)
        assert sum(n for _, n in counted(voice._store)) == 9 * len(WORDS)


def told(voice: Voice, day: date) -> list[Measure]:
    found = [voice.measure(name, since=day, until=day + timedelta(days=1)) for name in FIGURES]
    return [figure for figures in found for figure in figures]


def test_a_period_longer_than_a_month_is_not_held_in_memory(tmp_path: Path) -> None:
    with Voice(tmp_path / "voice", settings=Settings()) as voice:
        long = Period(kind="all", since=DAYS[0], until=DAYS[0] + timedelta(days=40))
        assert held(voice._store, "one@1", (), long) is None
        assert held(voice._store, "one@1", (), Period(kind="all", since=None, until=DAYS[0])) is None


def test_a_batch_number_that_is_given_again_is_read(tmp_path: Path) -> None:
    with Voice(tmp_path / "voice", settings=Settings()) as voice:
        voice._labeller_open = Reader("one@1")
        voice._store.add(Coming(["un"], numbered=True), {})
        voice.label()
        voice.keep_undo(1)
        voice._store.add(Coming(["deux"], numbered=True), {})
        assert voice._store.ledger.last() == 1
        assert voice.label() == 1
