"""Voice: the only module that knows the order of things. Each method is a command of the same name."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from portevoix import plugs
from portevoix.collect.corrections import corrections as labels_in
from portevoix.collect.corrections import folded, told
from portevoix.errors import TooFew, WrongUse
from portevoix.keep import corrections, erase, near, spark, talked, views
from portevoix.keep.ledger import Taken
from portevoix.keep.store import Store
from portevoix.keeping import Keeping, unlocking
from portevoix.label import engines, topics
from portevoix.label.crew import Crew
from portevoix.label.themes import codebook
from portevoix.label.topics import Topic
from portevoix.nouns import Letter, Measure, Period
from portevoix.portions import opened, workers
from portevoix.settings import Settings, load

KINDS = ("verbatims", "customers", "cases", "labels")
_MANY = 4_000
"""Verbatims from which it pays to start a process a core."""
_BESIDE = 3_000
"""Comments that a topic's words are weighed against."""
_PORTION, _COMMIT = 1_000, 10_000
Step = Callable[[int], None]
Progress = Callable[[str, int | None], AbstractContextManager[Step]]
"""Says what long work is being done: opened with a name and a total, then told how many more rows are done."""


def _barred() -> frozenset[str]:
    """Words that name no topic: first names and insults."""
    from portevoix.tell.tongue import tongue

    lists = [tongue(lang).words["lists"] for lang in ("fr", "en")]
    return frozenset(word for one in lists for key in ("firstnames", "insults") for word in one[key].split())


class _Silence(AbstractContextManager[Step]):
    def __enter__(self) -> Step:
        return lambda rows: None

    def __exit__(self, *_: object) -> None:
        return None


class Voice(Keeping):
    """Everything customers wrote to a company, in one home: collect, label, measure, tell.

    `home` is a folder, made on first use; None is a one-shot home that is gone on `close` and leaves nothing readable.
    `passphrase` is asked for it, with a prompt, when the home is locked by one and no `passphrase_command` is set.
    `engine` says where measures are counted: "duckdb", "spark" (all cores of this machine) or "spark://HOST:PORT", a
    cluster whose workers see the home; the numbers are the same.

    >>> with Voice(None) as voice:  # doctest: +SKIP
    ...     voice.collect("avis.csv")
    ...     print(voice.measure("nps")[0])
    nps +34 (between +27 and +41, 612 answers)
    """

    def __init__(
        self,
        home: str | Path | None = "voice",
        *,
        settings: Settings | None = None,
        progress: Progress | None = None,
        passphrase: Callable[[str], str] | None = None,
        engine: str = "duckdb",
    ) -> None:
        self.settings = settings or load()
        # what can fail comes before the home is made
        session = None if engine == "duckdb" else spark.session(engine)
        self._store = Store(home, self.settings.timezone, unlocking(self.settings, passphrase))
        self._spark = None if session is None else spark.Spark(session, self._store.home.facts)
        self._tables: views.Tables = self._spark or self._store
        self._progress = progress or (lambda what, total: _Silence())
        self._labeller_open: Any = None
        self._all_read: object = None
        self.counted: Counter[str] = Counter()
        """What the labeller counted since the home was opened: comments handed up, calls of an endpoint."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the home; a one-shot home is removed."""
        if self._spark is not None:
            self._spark.close()
        self._store.close()

    # -- collect -------------------------------------------------------------------------------------------------

    def understand(
        self,
        source: str | Path,
        *,
        kind: str | None = None,
        mapping: Mapping[str, str | Sequence[str]] | None = None,
        skim: bool = False,
    ) -> Any:  # noqa: ANN401 - a plug-in's own Reading
        """What a source is taken for, column by column, without keeping anything of it.

        `source` is a path, or "customers:path" and "cases:path" for the company's own tables, "labels:path" for what people
        read in comments. `skim` leaves alone a
        source that was taken in already, byte for byte. Raises BadSource where it can't be read as words.
        """
        path = str(source)
        head, colon, rest = path.partition(":")
        if colon and head in KINDS:
            kind, path = head, rest
        if kind is not None and kind not in KINDS:
            raise WrongUse(f"A source is taken in as {', '.join(KINDS)}; not as '{kind}'.")
        if kind == "labels":
            return labels_in(path, self._themes(), mapping)
        known = {"known": self._store.took} if skim else {}
        return plugs.sources["files"](
            path, kind=kind, mapping=dict(mapping or {}), settings=self.settings, **known
        )

    def collect(
        self,
        *sources: str | Path,
        kind: str | None = None,
        mapping: Mapping[str, str | Sequence[str]] | None = None,
    ) -> list[Taken]:
        """Takes sources in: new rows kept, changed rows replaced, known rows left; the counts of each source.

        Rows that can't be read are set aside with their line number and the reason: see `refused`.
        """
        return [
            self.take(self.understand(source, kind=kind, mapping=mapping, skim=True)) for source in sources
        ]

    def take(self, reading: Any) -> Taken:  # noqa: ANN401 - a plug-in's own Reading
        """Takes in a source that was understood; the counts of its rows. `reading.notes` is complete afterwards."""
        erase.settle(self._store)
        columns = {seen.key or seen.column: seen.field for seen in reading.understood if seen.field}
        with self._progress(f"reading {reading.source}", None) as step:
            if reading.kind == "labels":
                return corrections.take(self._store, reading, columns, step)
            return self._store.add(reading, columns, step)

    def correct(self, verbatim: str, *, by: str, **read: object) -> None:
        """What a person reads in one comment: it wins over the model, also the next one, until somebody says otherwise.

        `by` is the person's short name. `read` takes the columns that `label FILE` writes, each of which says all there is of
        its kind: mentions (a list of {theme, polarity, evidence?}), sentiment, emotions, intents, needs_met, easy, enjoyable,
        problem; an empty list or None says that there is none. Raises WrongUse with the reason where it can't be kept.

        >>> voice.correct("avis/17", by="lea", mentions=[], intents=["question"])  # doctest: +SKIP
        """
        reading = told(verbatim, by, read, self._themes())
        if self.take(reading).refused:
            reasons = [reason for source, _, reason in self.refused() if source == reading.source]
            raise WrongUse(f"The correction of {verbatim} was not kept. {reasons[0]}")

    def learn(
        self,
        out: str | Path,
        examples: str | Path | None = None,
        *,
        themes: str | Path | None = None,
        mapping: Mapping[str, str | Sequence[str]] | None = None,
        where: Mapping[str, str] | None = None,
    ) -> tuple[dict[str, Any], list[str]]:
        """Learns a codebook from the comments that people corrected here, and from a file of examples besides.

        See `learning.learn_file`. Raises TooFew where nobody corrected any theme and no file is given.
        """
        from portevoix.learning import corrected, learn_examples, read_examples

        erase.settle(self._store)
        labels = corrections.read_by_people(self._store)
        mine = corrected(labels, self._store.words(list(labels)))
        more, notes = ([], []) if examples is None else read_examples(examples, mapping=mapping, where=where)
        if not mine and not more:
            raise TooFew(
                "Nobody has corrected a theme here yet: portevoix collect FILE --as labels takes corrections in."
            )
        counted = f"Comments of the home whose themes people read: {len(mine)}."
        return learn_examples([*more, *mine], out, themes=themes, notes=[*notes, counted])

    def _themes(self) -> dict[str, str]:
        """The themes that can be named here, by their keys and by their names in both languages."""
        return {
            folded(name): theme.key
            for theme in codebook().values()
            for name in (theme.key, theme.fr, theme.en)
        }

    def refused(self) -> list[tuple[str, int, str]]:
        """The rows set aside by the latest reading of each source: (source, line, reason)."""
        return self._store.ledger.refused()

    # -- label ---------------------------------------------------------------------------------------------------

    def label(self) -> int:
        """Reads the customers' verbatims that the model hasn't read yet; how many they were."""
        erase.settle(self._store)
        state = (self._model, self._store.versions())
        if state == self._all_read:
            return 0
        waiting = views.unlabelled(self._store, self._model)
        if not waiting:
            self._all_read = state
            return 0
        done = 0
        with self._progress("labelling", waiting) as step, self._store.home.writing():
            last = self._store.ledger.last()
            for n, labels in self._read(waiting):
                self._store.add_labels(labels)
                done += n
                step(n)
            self._store.ledger.has_read(self._model, last)
        return done

    def _read(self, waiting: int) -> Iterator[tuple[int, pa.Table]]:
        """Labels in commits of some ten thousand verbatims: read here, or by a process a core when they are many."""
        portions = self._store.unlabelled(self._model)
        hands = workers(self.settings) if waiting >= _MANY else 1
        if hands < 2:
            for ids, texts in portions:
                yield len(ids), self._labeller.read(ids, texts)
                self.counted.update(engines.told(self._labeller))
            return
        small = (
            (ids[start : start + _PORTION], texts[start : start + _PORTION])
            for ids, texts in portions
            for start in range(0, len(ids), _PORTION)
        )
        tables: list[pa.Table] = []
        n = 0
        with Crew("portevoix.portions:reader", hands) as crew:
            crew.begin(self.settings)
            for read, labels, counts in crew.each(small):
                self.counted.update(counts)
                tables.append(labels)
                n += read
                if n >= _COMMIT:
                    yield n, pa.concat_tables(tables)
                    tables, n = [], 0
        if n:
            yield n, pa.concat_tables(tables)

    @property
    def _labeller(self) -> Any:  # noqa: ANN401 - a plug-in
        if self._labeller_open is None:
            self._labeller_open = opened(self.settings)
        return self._labeller_open

    @property
    def _model(self) -> str:
        return str(self._labeller.name)

    def topics(self) -> list[Topic]:
        """What people talk about that no theme holds, the most of it first: found again in all that the home holds, and kept.

        Topics that live on keep their ids. A name is made of words that five people or more wrote, and is stored nowhere.
        """
        self.label()
        others: list[str] = []

        def portions() -> Iterator[topics.Comments]:
            for ids, people, texts, held in talked.comments(self._store, self._model):
                others.extend(texts[: max(0, _BESIDE - len(others))])
                yield topics.Comments(ids, people, texts, held)

        with self._progress("finding topics", None):
            found = topics.find(portions(), talked.before(self._store))
            talked.keep(self._store, self._model, [(topic.id, topic.verbatims) for topic in found])
            return [self._named(topic, others, _barred()) for topic in found]

    def _kept_topics(self) -> list[Topic]:
        """The topics that were found last, under their names, without looking for others."""
        held: dict[str, dict[str, float]] = {}
        for verbatim, topic in talked.before(self._store).items():
            held.setdefault(topic, {})[verbatim] = 1.0
        if not held:
            return []
        texts = (text for portion in talked.comments(self._store, self._model) for text in portion[2])
        others = list(islice(texts, _BESIDE))
        return [self._named(Topic(topic, held[topic]), others, _barred()) for topic in sorted(held)]

    @staticmethod
    def _names(found: Sequence[Topic]) -> dict[str, str]:
        """Topics by their words; two that share them all, or one without any, by their id too."""
        said = {topic.id: " · ".join(topic.name) for topic in found}
        often = Counter(said.values())
        return {
            name: words if often[words] == 1 else f"{words} ({name})" for name, words in said.items() if words
        }

    def _named(self, topic: Topic, others: Sequence[str], barred: frozenset[str]) -> Topic:
        words = self._store.words(list(topic.verbatims))
        people = views.people(self._store, list(words))
        texts = list(words.values())
        return replace(topic, name=topics.name(texts, [people[name] for name in words], others, barred))

    # -- measure -------------------------------------------------------------------------------------------------

    def measure(
        self,
        name: str,
        *,
        by: str | Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        weights: str | Path | None = None,
    ) -> list[Measure]:
        """The measures of one name, overall or by columns; every one with its interval and its n.

        `by` takes fields of a verbatim and the sources' own column names; the segments of the last one are compared with
        each other as well (`nps.difference`, `against` whom). `since` is inclusive, `until` exclusive.
        `weights` is a file of margins that a survey's answers are weighed to. Words are read only when the answers alone can't say it. Raises UnknownName, and TooFew where there is
        nothing to measure.
        """
        from portevoix.measure.result import silence

        function = plugs.measures[name]
        names: dict[str, str] = {}
        columns = tuple(
            part.strip() for part in ([by] if isinstance(by, str) else by) for part in part.split(",") if part
        )
        if since and until and since >= until:
            raise WrongUse(f"The period is empty: --since {since} is not before --until {until}.")
        if not self._store.ledger.sources():
            raise TooFew("There is nothing to measure yet: collect a source first.")
        if weights is not None:
            return self._weighed(name, columns, Period(kind="all", since=since, until=until), weights)
        if "names" in inspect.signature(function).parameters:
            names = self._names(self.topics() if name == "topics" else self._kept_topics())
        found = self._computed(function, columns, since, until, names)
        if not found or any(measure.basis == "words" for measure in found):
            if self.label():
                found = self._computed(function, columns, since, until, names)
        if all(measure.value is None for measure in found):
            raise TooFew(silence(name, few=bool(found)))
        return found

    def _computed(
        self,
        function: Callable[..., Any],
        by: Sequence[str],
        since: date | None,
        until: date | None,
        names: Mapping[str, str] | None = None,
    ) -> list[Measure]:
        from portevoix.measure.result import measures_of
        from portevoix.measure.segments import with_differences

        asked = list(inspect.signature(function).parameters)
        period = Period(kind="all", since=since, until=until)
        services: dict[str, Any] = {"by": tuple(by), "settings": self.settings, "names": names or {}}
        if "daily" in asked and self._spark is None and not by and since is until is None:
            services["daily"] = near.daily(self._store, self._model)
        held = self._near(asked, by, period)
        services |= held or self._far(asked, by, period)
        given = {name: services[name] for name in asked if name in services}
        result = function(**given) if held is None else self._question(function, by, given)
        table = result if isinstance(result, pa.Table) else self._tables.run(result)
        table = with_differences(table, by, self.settings.minimum_change)
        return measures_of(table, *self._span(since, until))

    def _far(self, asked: Sequence[str], by: Sequence[str], period: Period) -> dict[str, Any]:
        """The tables that a measure asks for, wherever they are counted."""
        services: dict[str, Any] = {}
        tables = [name for name in asked if name in ("verbatims", "customers", "cases")]
        held = self._store.versions()
        first = next((name for name in tables if held[name] >= 0), tables[0] if tables else None)
        for name in asked:
            if name in tables:
                split = by if name == first else ()
                services[name] = views.table(self._store, name, split, period, self._tables)
            elif name == "labels":
                services[name] = views.labels(self._store, self._model, self._tables)
            elif name == "periods":
                services[name] = self._periods()
        return services

    def _near(self, asked: Sequence[str], by: Sequence[str], period: Period) -> dict[str, Any] | None:
        """The verbatims and labels of a short period, read once, for a measure that asks for no other table."""
        others = {"customers", "cases", "periods", "names"} & set(asked)
        if self._spark is not None or others or not {"verbatims", "labels"} <= set(asked):
            return None
        held = near.held(self._store, self._model, by, period)
        return None if held is None else dict(zip(("verbatims", "labels"), held, strict=True))

    def _question(self, function: Callable[..., Any], by: Sequence[str], given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - ibis ships no types
        key = (function, tuple(by), given["verbatims"].op(), given["labels"].op())
        return self._store.engine.written(key, lambda: function(**given))

    def _weighed(self, name: str, by: Sequence[str], period: Period, weights: str | Path) -> list[Measure]:
        from portevoix.measure.result import reweighed, silence
        from portevoix.measure.segments import with_differences
        from portevoix.measure.tallies import WEIGHT
        from portevoix.measure.weights import ASKED, margins, weighed

        if name not in ASKED:
            raise WrongUse(
                f"{name} can't be weighed: weights make up for those who don't answer a survey. "
                f"These can: {', '.join(ASKED)}."
            )
        known = margins(weights)
        columns = (*by, *(column for column in known.shares if column not in by))
        rows = views.table(self._store, "verbatims", columns, period, self._tables)
        rows, about = weighed(rows, name, known)
        services = {
            "labels": views.labels(self._store, self._model, self._tables),
            "by": by,
            "settings": self.settings,
        }
        function = plugs.measures[name]
        services = {
            part: services[part] for part in inspect.signature(function).parameters if part in services
        }
        heavy, plain = (
            with_differences(self._tables.run(function(some, **services)), by, self.settings.minimum_change)
            for some in (rows, rows.drop(WEIGHT))
        )
        if not plain.num_rows:
            raise TooFew(silence(name))
        since, until = self._span(period.since, period.until)
        return reweighed(heavy, plain, about, since, until)

    def _span(self, since: date | None, until: date | None) -> tuple[date | None, date | None]:
        days = [
            day
            for day, _ in views.days(self._store)
            if (not since or day >= since) and (not until or day < until)
        ]
        if not days:
            return since, until
        return since or days[0], until or days[-1] + timedelta(days=1)

    def _periods(self) -> tuple[Period, Period | None]:
        from portevoix.tell.period import choose

        now, before = choose(views.days(self._store))
        if before is None:
            raise TooFew(
                "There is no change to measure: it takes dates in two periods "
                "(the last day, week or month, and those before it)."
            )
        return now, before

    # -- tell ----------------------------------------------------------------------------------------------------

    def tell(self, lang: str | None = None) -> Letter:
        """Writes the letter of the last period that the words allow: a day, else a week, else a month, else all of it.

        In the language of the settings, else in that of most comments. Raises TooFew where nothing was collected.
        """
        from portevoix import briefing
        from portevoix.tell import letter as writing

        erase.settle(self._store)
        standing = briefing.standing(self._store, self.settings, self._model, lang)
        if (known := self._store.ledger.letter_standing(standing)) is not None:
            return briefing.recalled(known, self._store.words)
        if not views.count(self._store)["verbatims"]:
            raise TooFew("There is nothing to tell yet: collect a source first.")
        self.label()
        standing = briefing.standing(self._store, self.settings, self._model, lang)
        letter = writing.write(briefing.gather(self._store, self.settings, self._model, lang))
        if not self._store.home.one_shot:
            content = briefing.remembered(letter, standing)
            with self._store.home.writing():
                self._store.ledger.keep_letter(letter.number, letter.day, letter.lang, content)
        return letter

    def letter(self, *sources: str | Path, lang: str | None = None) -> Letter:
        """The main job: collect, label, measure, tell."""
        self.collect(*sources)
        return self.tell(lang)

    def write(self, letter: Letter, folder: str | Path) -> list[Path]:
        """Writes a letter as letter.html, letter.txt and letter.json, and messages.html with the words behind it."""
        from portevoix.tell import render

        where = Path(folder)
        ids = sorted(
            {name for brief in letter.briefs for name in brief.verbatims}
            | {q.verbatim for q in letter.quotes}
        )
        pages = {
            "letter.html": render.html(letter),
            "letter.txt": render.text(letter),
            "letter.json": render.json(letter),
            "messages.html": render.messages_html(letter, self._store.words(ids)),
        }
        try:
            where.mkdir(parents=True, exist_ok=True)
            for name, page in pages.items():
                (where / name).write_text(page, "utf-8")
        except OSError as error:
            raise WrongUse(f"The folder {where} cannot be written: {error.strerror}.") from error
        return [where / name for name in pages]
