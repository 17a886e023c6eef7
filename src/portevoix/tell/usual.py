"""What is usual: the rate of the stretch before, or the same day of the weeks before, and how it is said."""

from statistics import median

from portevoix.nouns import Measure
from portevoix.tell.draft import Draft
from portevoix.tell.facts import Facts
from portevoix.tell.finding import Finding, count
from portevoix.tell.tongue import Tongue, capital

WEEKS = 3
"""Fridays that an ordinary Friday needs at least."""


def beside(
    draft: Draft, facts: Facts, speech: Tongue, share: bool = False, feminine: bool = False
) -> tuple[float | None, int, dict[str, str]]:
    """How many times the usual a theme was told of, how many would have been usual, and the words for both.

    Against the same weekday, message for message, where three of them are known and point the same way; else against
    the rate of the stretch before. `share`: the theme is told as a share, so rates alone are compared.
    """
    finding = draft.finding
    friday = None if share else _weekday(finding, facts)
    if friday is not None:
        draft.measures.append(friday)
        usual = friday.value or 1.0
        day = facts.period.since
        slots = speech.grammar.ordinary(day) if day else {}
        slots = {
            **slots,
            "Ordinary": capital(slots["ordinary"]),
            "e": speech.count(round(usual), feminine),
            "alike": "yes",
        }
        words = speech.words["set"]
        slots |= {"against": words["against"].format(**slots), "Usually": words["usually"].format(**slots)}
        return count(finding.now) / usual, round(usual), slots
    old = before(finding)
    expected = round(old * finding.now.n)
    slots = _usual(facts, speech, speech.count(expected, feminine))
    return (finding.now.value or 0.0) / old if old > 0 else None, expected, slots


def _weekday(finding: Finding, facts: Facts) -> Measure | None:
    """The theme's usual number of messages (the median) on that weekday; None unless it tells the same story."""
    if facts.weekday is None or facts.period.kind != "day" or finding.change is None:
        return None
    counts = facts.weekday(finding.theme, finding.polarity)
    usual, now = (float(median(counts)) if counts else 0.0), count(finding.now)
    up = (finding.change.value or 0.0) > 0
    same_story = 2 <= usual <= now / 1.5 if up else usual >= max(5.0, 1.5 * now)
    if len(counts) < WEEKS or not same_story:
        return None
    where = {**finding.now.where, "days": str(len(counts))}
    return Measure(name="weekday", where=where, value=usual, n=sum(counts), unit="count")


def before(finding: Finding) -> float:
    """The share in the stretch before: what it is now less what it gained."""
    return max(0.0, (finding.now.value or 0.0) - ((finding.change.value if finding.change else 0.0) or 0.0))


def _usual(facts: Facts, speech: Tongue, e: str) -> dict[str, str]:
    """What the period is compared with: `of` after a comparison, `against` and `Usually` where the usual count is `e`.

    Rates are compared: two counts are set side by side as usual ones only when about as much was written; else `e` is
    what was to be expected of today's messages, and said to be.
    """
    usual, beside, pace = speech.words["usual"], speech.words["set"], even(facts)
    alike = pace is None or 0.8 <= pace <= 1.25
    ordinary = usual[facts.period.kind.capitalize()]
    slots = {"e": e, "ordinary": ordinary, "Ordinary": capital(ordinary)}
    mark = "" if alike else "_expected"
    return {
        **slots,
        "of": usual[facts.period.kind] if alike else usual["expected"],
        "against": beside[f"against{mark}"].format(**slots),
        "Usually": beside[f"usually{mark}"].format(**slots),
        "alike": "yes" if alike else "",
    }


def even(facts: Facts) -> float | None:
    """Messages a day, against those a day before; None when nothing can be compared."""
    now, before, earlier = facts.period, facts.before, facts.base.before
    if before is None or not earlier or not (now.since and now.until and before.since and before.until):
        return None
    days, days_before = (now.until - now.since).days, (before.until - before.since).days
    return (facts.base.verbatims / max(1, days)) / (earlier / max(1, days_before))
