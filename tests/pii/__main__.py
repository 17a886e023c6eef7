"""Recall and precision of the scrubber on the marked comments, and its speed, printed and written to `docs/pii.md`.

    python -m tests.pii

Where presidio-analyzer is installed (in an environment of its own: it is no dependency), its pattern recognisers read the same
comments in the same run.
"""

import csv
import logging
import time
from collections.abc import Sequence
from pathlib import Path

from portevoix.collect.scrub import found, scrub
from tests.pii import invented, marked
from tests.pii.marked import FIXED, Comment, Finder, Score, Span

ROOT = Path(__file__).parent.parent.parent
OUT = ROOT / "docs" / "pii.md"
EXAMPLE = ROOT / "examples" / "verbatims.csv"
WORST = 12
_INTRO = """# Personal data: what the scrubber finds

Written by `python -m tests.pii`. The comments are the project's own, in French and in English (`tests/pii/`); no real person's words are among them:

- **independent**: {independent} comments by another hand, that never saw the scrubber; only their totals by kind are seen, never a miss;
- **fresh**: {fresh} comments by a third hand, that never saw the scrubber's code nor ran it, with spellings that are hard on purpose ("zero six", "arobase", letters in numbers); only
  their totals are seen. The figures of these two are the ones to trust;
- **opened**: {opened} comments of that sitting, the other half (0.957 of fixed forms, 0.813 of names, precision 1.000 when they were opened); the scrubber was mended on them since;
- **second**: {second} comments by that other hand, from the same sitting; every miss was looked at and the scrubber mended on them since;
- **held out**: {heldout} comments written by hand before the scrubber was looked at; while it was mended only their totals by kind were seen, never a miss;
- **varied**: {varied} comments written by hand for what the others lack, names above all; the scrubber was mended on them;
- **tuned**: {tuned} comments written by hand; the scrubber was mended on them, so they say what it does, not how it would do on others;
- **invented**: {invented} comments put together by a seeded die, every way of writing each kind; mended on them too.

The hand that wrote the scrubber's forms wrote the held-out, the varied, the tuned and the invented comments too. Two hundred comments are few: look at the intervals, and try
it on comments of your own.

{below}

Recall: the marked stretches of which every letter and digit is hidden, whatever they were taken for. Precision: the hidden stretches at least half of which
was marked (or the link around a marked key). Told: people spoken of within a sentence, whom no form introduces; they cost no precision when hidden, and no
floor is promised for them. Intervals are Wilson's, 95 %.
"""


def ours(text: str) -> list[Span]:
    """What the scrubber hides."""
    return [(it.start, it.stop, it.mark) for it in found(text)]


def presidio() -> Finder | None:
    """Presidio's pattern recognisers, without a language model; None where it is not installed."""
    try:
        from presidio_analyzer import predefined_recognizers as known
    except ImportError:
        return None
    logging.getLogger("tldextract").setLevel(
        logging.CRITICAL
    )  # it looks for a list on the network, and does without
    names = (
        "CreditCardRecognizer",
        "EmailRecognizer",
        "IbanRecognizer",
        "IpRecognizer",
        "PhoneRecognizer",
        "UrlRecognizer",
    )
    recognisers = [getattr(known, name)() for name in names]

    def finder(text: str) -> list[Span]:
        spans: list[Span] = []
        for recogniser in recognisers:
            for it in recogniser.analyze(text, recogniser.supported_entities, None) or []:
                spans.append((it.start, it.end, it.entity_type))
        return spans

    return finder


def share(k: int, n: int) -> str:
    """A share with its interval and its counts."""
    low, high = marked.wilson(k, n)
    return f"{k / n:.3f} [{low:.3f}; {high:.3f}] {k}/{n}" if n else "–"


def by_kind(scores: dict[str, Score]) -> list[str]:
    """The recall of each kind on each part."""
    kinds = sorted({kind for score in scores.values() for kind in score.marked} - marked.FREE)
    rows = [("**checksum or fixed form**", FIXED), ("**names in greetings and signatures**", {"NAME"})]
    rows += [(kind.lower(), {kind}) for kind in kinds] + [("told", {"MENTION"})]
    lines = ["\n## Recall by kind\n", f"| kind | {' | '.join(scores)} |", f"|---|{'--:|' * len(scores)}"]
    lines += [
        f"| {name} | {' | '.join(share(*s.recall(of)) for s in scores.values())} |" for name, of in rows
    ]
    return lines


def by_mark(scores: dict[str, Score]) -> list[str]:
    """The precision of each mark on each part."""
    marks = sorted({mark for score in scores.values() for mark in score.hidden})
    lines = ["\n## Precision by mark\n", f"| mark | {' | '.join(scores)} |", f"|---|{'--:|' * len(scores)}"]
    lines.append(f"| **all** | {' | '.join(share(*s.precision()) for s in scores.values())} |")
    for mark in marks:
        lines.append(
            f"| {mark} | {' | '.join(share(s.right[mark], s.hidden[mark]) for s in scores.values())} |"
        )
    return lines


def certainty(parts: dict[str, list[Comment]]) -> list[str]:
    """How right the certain and the probable are, over all parts."""
    lines = ["\n## Certain and probable\n", "| | right, of all that is hidden |", "|---|--:|"]
    comments = [comment for part in parts.values() for comment in part]
    for name, wanted in (("certain", True), ("probable", False)):
        score = marked.score(
            comments,
            lambda text, wanted=wanted: [
                (f.start, f.stop, f.mark) for f in found(text) if f.certain == wanted
            ],
        )
        lines.append(f"| {name} | {share(*score.precision())} |")
    return lines


def speed(dense: Sequence[Comment]) -> list[str]:
    """Comments of 30 words a second of one core (processor time, the best of three)."""
    with EXAMPLE.open(encoding="utf-8", newline="") as rows:
        usual = " ".join(row["text"] for row in csv.DictReader(rows)).split()
    crowded = " ".join(comment.text for comment in dense).split()
    lines = ["\n## Speed\n", "| comments of 30 words | a second, one core |", "|---|--:|"]
    for name, words in (
        ("the shipped example's", usual),
        ("invented ones with numbers or names in every one", crowded),
    ):
        texts = [" ".join(words[i : i + 30]) for i in range(0, len(words) - 30, 30)]
        best = 0.0
        for _ in range(5):
            start = time.process_time()
            for text in texts:
                scrub(text)
            best = max(best, len(texts) / (time.process_time() - start))
        lines.append(f"| {name} | {f'{best:,.0f}'.replace(',', ' ')} |")
    return lines


def beside(parts: dict[str, list[Comment]], scores: dict[str, Score]) -> list[str]:
    """Presidio's pattern recognisers on the same comments, where it is installed."""
    finder = presidio()
    if finder is None:
        return ["\npresidio-analyzer is not installed here: no comparison in this run."]
    kinds = (
        "EMAIL",
        "PHONE",
        "IBAN",
        "CARD",
        "IP",
        "URL",
        "NIR",
        "SIRET",
        "PLATE",
        "NUMBER",
        "ADDRESS",
        "BIRTH",
        "NAME",
    )
    part = "held out"
    start = time.process_time()
    theirs = marked.score(parts[part], finder)
    rate = len(parts[part]) / (time.process_time() - start)
    lines = [
        f"\n## Beside presidio-analyzer, its six pattern recognisers, no language model ({part})\n",
        "| | Portevoix | presidio |",
        "|---|--:|--:|",
    ]
    lines += [
        f"| recall, {kind.lower()} | {share(*scores[part].recall([kind]))} | {share(*theirs.recall([kind]))} |"
        for kind in kinds
    ]
    lines += [f"| precision | {share(*scores[part].precision())} | {share(*theirs.precision())} |"]
    return [
        *lines,
        f"\nIts speed on these: {rate:,.0f} comments a second. It has recognisers for other countries' numbers, and models for names, that were not run.",
    ]


def worst(scores: dict[str, Score]) -> list[str]:
    """What was missed and what was taken wrongly, on the parts that were tuned on; the others' stay unread."""
    lines = ["\n## Misses and false alarms among the second, the varied, the tuned and the invented\n"]
    for part in ("second", "varied", "tuned", "invented"):
        for name, some in (("missed", scores[part].missed), ("taken wrongly", scores[part].wrong)):
            lines += [
                f"- {name} ({part}), {kind.lower()}: « {said} »".replace("\n", " ⏎ ")
                for kind, said, _ in some[:WORST]
                if kind not in marked.FREE
            ]
    return lines


AIMS = (
    ("recall of kinds with a checksum or a fixed form", 0.98, lambda score: score.recall(FIXED)),
    ("recall of names in greetings and signatures", 0.90, lambda score: score.recall({"NAME"})),
    ("precision", 0.95, lambda score: score.precision()),
)


def below(score: Score) -> str:
    """What the parts that nobody looked at say of each aim, in words."""
    said = []
    for name, aim, measure in AIMS:
        k, n = measure(score)
        said.append(
            f"{name} {k / n:.3f} ({k} of {n}), aim {aim:.2f}: **{'reached' if k >= aim * n else 'below its aim'}**"
        )
    return f"On the independent and the fresh comments together: {'; '.join(said)}."


def main() -> None:
    """Measures, prints and writes."""
    parts = {
        "independent": marked.written("independent"),
        "fresh": marked.written("fresh"),
        "opened": marked.written("opened"),
        "held out": marked.written("heldout"),
        "second": marked.written("second"),
        "varied": marked.written("varied"),
        "tuned": marked.written("tuned"),
        "invented": invented.comments(),
    }
    scores = {name: marked.score(comments, ours) for name, comments in parts.items()}
    sizes = {
        name.replace(" ", ""): f"{len(comments):,}".replace(",", " ") for name, comments in parts.items()
    }
    lines = [
        _INTRO.format(**sizes, below=below(marked.score([*parts["independent"], *parts["fresh"]], ours))),
        *by_kind(scores),
        *by_mark(scores),
        *certainty(parts),
        *beside(parts, scores),
        *speed(parts["invented"]),
        *worst(scores),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    OUT.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
