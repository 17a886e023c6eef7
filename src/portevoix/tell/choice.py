"""What deserves the minute: findings drawn from the facts, the weightiest first."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portevoix.nouns import Measure
from portevoix.tell import places, spread
from portevoix.tell.facts import Facts
from portevoix.tell.finding import GRAVITY, PEOPLE, SCORES, Finding, by_theme, count, real
from portevoix.tell.segments import split

_NEGATIVE, _POSITIVE = "themes.negative", "themes.positive"


def evidence(facts: Facts, finding: Finding) -> Finding:
    """The finding with its mentions: read once, for what will be told."""
    table = facts.mentions(finding.theme, finding.polarity)
    rows: dict[str, Mapping[str, Any]] = {}
    for row in sorted(table.to_pylist(), key=_in_order):
        rows.setdefault(str(row["verbatim"]), row)
    columns = tuple(spread.categories(table))
    return replace(finding, ids=tuple(rows), rows=tuple(rows.values()), columns=columns)


def _in_order(row: Mapping[str, Any]) -> tuple[str, str, int]:
    return (str(row.get("said_at") or ""), str(row["verbatim"]), int(row.get("start") or 0))


def changes(facts: Facts) -> list[Finding]:
    """The themes' real changes, by size, certainty, volume and gravity."""
    found = []
    for name, polarity in ((_NEGATIVE, -1), (_POSITIVE, 1)):
        now = by_theme(facts.measures, name)
        for theme, change in sorted(by_theme(facts.changes, f"change.{name}").items()):
            if not real(change) or theme not in now:
                continue
            up = (change.value or 0.0) > 0
            usual = ((now[theme].value or 0.0) - (change.value or 0.0)) * now[theme].n
            if max(count(now[theme]), usual) < PEOPLE or (up and count(now[theme]) < PEOPLE):
                continue
            kind = ("rise" if up else "fall") if polarity < 0 else ("better" if up else "worse")
            found.append(
                Finding(
                    kind=kind,
                    subject=f"{theme}{'-' if polarity < 0 else '+'}",
                    weight=_weight(theme, now[theme], change, bad=kind in ("rise", "worse")),
                    good=kind in ("fall", "better"),
                    theme=theme,
                    polarity=polarity,
                    now=now[theme],
                    change=change,
                )
            )
    return sorted(found, key=lambda f: (-f.weight, f.subject))


def _weight(theme: str, now: Measure, change: Measure, bad: bool) -> float:
    low, high, value = change.low or 0.0, change.high or 0.0, change.value or 0.0
    certainty = min(abs(value) / max((high - low) / 3.92, 1e-9), 10.0)
    volume = math.log10(10 + max(now.value or 0.0, (now.value or 0.0) - value) * now.n)
    return abs(value) * certainty * volume * GRAVITY.get(theme, 1.0) * (1.25 if bad else 1.0)


def _stands(share: Measure) -> bool:
    """Enough people, and more of the mail than a reader's own mistakes make up: one message in thirty."""
    return count(share) >= PEOPLE and (share.value or 0.0) >= 1 / 30


def standing(facts: Facts, polarity: int) -> list[Finding]:
    """What they complain of (or praise) most, whether or not it moved; the opinion of the whole comes last."""
    name, kind = (_NEGATIVE, "pain") if polarity < 0 else (_POSITIVE, "praise")
    shares = by_theme(facts.measures, name)
    effects = by_theme(facts.measures, "themes.effect")
    order = sorted(shares, key=lambda theme: (theme == "overall", -count(shares[theme]), theme))
    found = []
    for rank, theme in enumerate([theme for theme in order if _stands(shares[theme])], start=1):
        effect = effects.get(theme) if polarity < 0 else None
        if effect is not None and (effect.basis == "words" or effect.high is None or effect.high >= 0):
            effect = None  # not proven, or found in the very words that the theme was found in
        found.append(
            Finding(
                kind=kind,
                subject=f"{theme}{'-' if polarity < 0 else '+'}",
                good=polarity > 0,
                theme=theme,
                polarity=polarity,
                now=shares[theme],
                other=effect,
                rank=rank,
            )
        )
    return found


def score(facts: Facts) -> Finding | None:
    """The score to tell: one that was asked before one that was estimated, experience before nps, csat and ces."""
    overall = [
        m
        for m in facts.measures
        if m.name in SCORES and not m.where and m.value is not None and m.n >= PEOPLE
    ]
    if not overall:
        return None
    now = min(overall, key=lambda m: (m.basis != "asked", SCORES.index(m.name)))
    named = [
        m for m in facts.changes if m.name == f"change.{now.name}" and not m.where and m.value is not None
    ]
    change = next((m for m in named if m.basis in (None, now.basis)), None)
    good = real(change) and (change.value or 0.0) > 0 if change else False
    return Finding(kind="score", subject=f"score:{now.name}", now=now, change=change, good=good)


def volume(facts: Facts) -> Finding | None:
    """The number of messages, when it is further from the usual than chance takes it, by a quarter at least."""
    change = next((m for m in facts.changes if m.name == "change.volume" and not m.where), None)
    if change is None or change.value is None or change.low is None or change.high is None:
        return None
    if "within noise" in (change.note or "") or change.low <= 1 <= change.high or 0.75 < change.value < 1.25:
        return None
    n = facts.base.verbatims
    since, until = facts.period.since, facts.period.until
    now = Measure(name="volume", value=float(n), n=n, since=since, until=until, unit="count")
    return Finding(kind="volume", subject="volume", now=now, change=change)


def cluster(facts: Facts, told: frozenset[str]) -> Finding | None:
    """The complaint that gathers in one place today, whether or not more of it came; None when none of the first five does.

    One that was told as such lately comes before another: a story goes on.

    Only columns of places count: a product or a channel has its own complaints every day.
    """
    found = []
    recent = {each.subject for each in facts.told if each.kind == "cluster"}
    for pain in standing(facts, -1)[:5]:
        if pain.theme == "overall" or pain.theme in told or count(pain.now) < 2 * PEOPLE:
            continue
        full = evidence(facts, pain)
        columns = [column for column in full.columns if column.lower() in places.LOCAL]
        for spot in spread.gather(full.rows, columns, facts.spread, None, facts.timezone):
            found.append((pain.subject in recent, spot.k * GRAVITY.get(pain.theme, 1.0), pain))
    best = max(found, key=lambda each: (each[0], each[1], each[2].subject), default=None)
    return replace(best[2], kind="cluster", other=None) if best else None


def choose(facts: Facts) -> list[Finding]:
    """Two to four findings, in the order in which they are told; empty when nothing moved since the period before."""
    told_score = score(facts)
    recent = {told.subject for told in facts.told}
    apart = split(facts, told_score)
    apart = None if apart and apart.subject in recent else apart
    if facts.before is None:
        return _state(facts, told_score, apart)
    moved = changes(facts)
    crowd = volume(facts)
    local = cluster(facts, frozenset(f.theme for f in moved))
    if not moved and local is None and crowd is None and not (told_score and real(told_score.change)):
        return []
    return _news(facts, moved, local, told_score, crowd, apart)


def _state(facts: Facts, told: Finding | None, apart: Finding | None) -> list[Finding]:
    """Without a period before: what weighs most, with the score; the next complaint, where it differs, what they praise."""
    pains, praises = standing(facts, -1), standing(facts, 1)
    heavy = [
        f
        for f in pains
        if f.other is not None and f.theme != "overall" and count(f.now) >= max(PEOPLE, f.now.n / 50)
    ]
    first = max(heavy, key=lambda f: (_cost(f), f.subject), default=pains[0] if pains else None)
    if first is not None:
        first = replace(first, heaviest=first.other is not None, score=told.now if told else None)
        told = None
    praise = next((f for f in praises if first is None or f.theme != first.theme), None)
    named = {"overall", *(f.theme for f in (first, praise) if f is not None)}
    others = [pain for pain in pains if pain.theme not in named]
    second = others[0] if others else None
    parts = [first, told, second, apart, praise] if first else [told, apart, praise]
    return [part for part in parts if part is not None][:4]


def _cost(finding: Finding) -> float:
    """Points that the score would gain if those who complain of this gave what the others give."""
    effect = finding.other.value if finding.other is not None else None
    return -(effect or 0.0) * (finding.now.value or 0.0)


def _news(
    facts: Facts,
    moved: list[Finding],
    local: Finding | None,
    told: Finding | None,
    crowd: Finding | None,
    apart: Finding | None,
) -> list[Finding]:
    """The real changes, each theme once, bad news first; the proven score; something good; then what room is left."""
    best: dict[str, Finding] = {}
    for finding in moved:
        best.setdefault(finding.theme, finding)
    ranked = list(best.values())
    recent = {each.subject for each in facts.told}
    named = {*best, local.theme if local else ""}
    stands = [f for f in (*standing(facts, 1)[:1], *standing(facts, -1)[:1]) if f.theme not in named]
    proven = told is not None and real(told.change)
    chosen = ranked[: 2 if proven and crowd else 3]
    if not any(f.good for f in chosen) and not (proven and told and told.good):
        good = next((f for f in (*ranked, *stands) if f.good), None)
        if good is not None:
            chosen = [*chosen[:2], good]
    worst = max((f.weight for f in chosen if not f.good), default=0.0)
    chosen.sort(key=lambda f: f.good and f.weight < 8 * worst)  # good news leads only when it is far larger
    if local is not None:
        rises = sum(f.kind == "rise" and f.weight >= 0.5 * worst for f in chosen[:1])
        chosen.insert(rises, local)
    if told is not None and proven:
        chosen.insert(1, told)
    if crowd is not None:
        chosen.insert(len(chosen) if moved or local else 0, crowd)
    shaky = None if proven else told  # a score that chance could move gives way to anything with a figure
    spare = [apart, *(f for f in stands if f.subject not in recent), shaky]
    chosen += [each for each in spare if each is not None and each not in chosen]
    return chosen[:4]
