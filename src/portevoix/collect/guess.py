"""Which column is what: from the names, in French and English, and from the values; a mapping overrules both."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches

from portevoix.collect import categories, dates
from portevoix.collect.naming import FIELDS, LATER_DATES, NAMES, NOT_WORDS, TIME, WORDS, confidence, plain
from portevoix.collect.plan import AMOUNTS, AUTHORS, COUNTS, MOMENTS, NOUNS, YES_NO, Plan, lang
from portevoix.collect.profiles import Profile
from portevoix.collect.scales import SCALES
from portevoix.collect.scrub import scrub
from portevoix.errors import BadSource, UnknownName

_FITTING, _DATED = 0.9, 0.8
_FEW = 10
"""Filled cells below which one that cannot be read weighs more than a share can tell."""
_SHOWN = 60


def decide(kind: str, profiles: Sequence[Profile], mapping: Mapping[str, str | Sequence[str]]) -> Plan:
    """Understand the columns of a source of some kind.

    Raises UnknownName for a mapping that names no column or misspells a field, and BadSource where the source has nothing
    of its kind: no words and no score, no customer.
    """
    plan = Plan(kind, [p.name for p in profiles])
    refused = _mapped(plan, mapping)
    _check_mapped(plan, profiles)
    free = [at for at in range(len(profiles)) if at not in plan.fields.values()]
    if kind == "verbatims" and "text" not in plan.fields and "text" not in refused:
        _find_words(plan, profiles, free)
    _match(plan, profiles, refused)
    _find_time(plan, profiles)
    for name in MOMENTS & plan.fields.keys():
        _find_order(plan, name, profiles[plan.fields[name]])
    plan.names = [at for at, p in enumerate(profiles) if NAMES.fullmatch(plain(p.name.rsplit(".", 1)[-1]))]
    taken = {*plan.fields.values(), *plan.more.values(), *([] if plan.time is None else [plan.time])}
    for at, p in enumerate(profiles):
        if at in taken:
            continue
        reason = categories.why_not(p, numbers=kind == "customers")
        if reason is None:
            plan.more[p.name] = at
            plan.why[at] = (
                "numbers"
                if p.numbers >= 0.95 and p.distinct > 12
                else f"a category of {p.distinct} value{'s' * (p.distinct > 1)}"
            )
        elif at not in plan.why:
            plan.why[at] = reason
    _check(plan)
    return plan


def _mapped(plan: Plan, mapping: Mapping[str, str | Sequence[str]]) -> set[str]:
    """Apply a mapping; gives the fields that it leaves without a column on purpose."""
    known = {"own_id", *(f.name for f in fields(NOUNS[plan.kind]))} - {"more"}
    refused = set()
    for name, wanted in mapping.items():
        target = "own_id" if name == "id" else name
        for column in [wanted] if isinstance(wanted, str) else wanted:
            if not column and target in known:
                refused.add(target)
                continue
            at = _column(plan.columns, column)
            plan.why[at] = "as the mapping says"
            if target in known:
                plan.fields[target] = at
            elif name == "more":
                plan.more[plan.columns[at]] = at
                plan.forced.add(plan.columns[at])
            elif get_close_matches(name, known, n=1, cutoff=0.8):
                raise UnknownName("field", name, {*known, "more"} - {"own_id"} | {"id"})
            else:
                plan.more[name] = at
                plan.forced.add(name)
    return refused


def _check_mapped(plan: Plan, profiles: Sequence[Profile]) -> None:
    """A column that a mapping gives to a field, and of which no value can be read as one, is a mistake to tell of."""
    for name, at in plan.fields.items():
        p = profiles[at]
        wanted, readable = "", True
        if name in SCALES:
            wanted, readable = f"a score of {SCALES[name]}", p.share_on(SCALES[name]) > 0
        elif name in MOMENTS:
            wanted, readable = "a date", p.dates > 0
        elif name in COUNTS or name in AMOUNTS:
            wanted, readable = "a number", p.numbers > 0
        if p.filled and not readable:
            raise BadSource(
                f"None of the values looked at in '{scrub(p.name)[:_SHOWN]}' is {wanted}: --map {name} wants another column."
            )


def _column(columns: list[str], wanted: str) -> int:
    if wanted in columns:
        return columns.index(wanted)
    alike = [at for at, column in enumerate(columns) if plain(column) == plain(wanted)]
    if len(alike) != 1:
        raise UnknownName("column", wanted, columns)
    return alike[0]


def _find_words(plan: Plan, profiles: Sequence[Profile], free: list[int]) -> None:
    worth = {at: w for at in free if (w := _wordiness(profiles[at])) > 0}
    if not worth:
        return
    best = max(worth, key=lambda at: worth[at])
    p = profiles[best]
    plan.fields["text"] = best
    plan.why[best] = f"the words, {p.mean_words:.0f} in a comment"
    for at in worth:
        if at != best and profiles[at].mean_words >= 3:
            plan.why[at] = f"words too, but one column is read: --map text={profiles[at].name} takes this one"


def _wordiness(p: Profile) -> float:
    sure = confidence(WORDS, p.name)
    if not p.words or max(p.emails, p.links, p.dates, p.numbers, p.objects) >= 0.5:
        return 0.0
    various = p.distinct >= 0.1 * p.filled
    if sure < 1 and (
        not various or p.mean_words < (1 if sure else 3) or (not sure and p.distinct < min(20, p.rows))
    ):
        return 0.0
    doubtful = sure < 1 and NOT_WORDS.search(plain(p.name.rsplit(".", 1)[-1]))
    return p.words * (0.05 if doubtful else 1 + 4 * sure)


def _match(plan: Plan, profiles: Sequence[Profile], refused: set[str]) -> None:
    """The surest pairs of field and column first; a name is not enough, the values must fit."""
    offers = sorted(
        (-sure, order, at, name)
        for order, (name, patterns) in enumerate(FIELDS[plan.kind].items())
        if name not in plan.fields and name not in refused
        for at, p in enumerate(profiles)
        if (sure := confidence(patterns, p.name))
    )
    taken = {*plan.fields.values(), *plan.more.values()}
    for minus, _, at, name in offers:
        if name in plan.fields or at in taken:
            continue
        why, fits = _fit(name, profiles[at], plan.kind, -minus)
        if fits:
            plan.fields[name] = at
            plan.why[at] = why
            taken.add(at)
        elif why.startswith("its values do not fit"):
            plan.why.setdefault(at, why)
    if plan.kind == "verbatims" and "nps" not in plan.fields:
        plan.notes += [
            f"The scores of '{p.name}' go to 10, and nothing says that they answer who would recommend: they are left out. "
            f'If they do, add --map "nps={p.name}" and the NPS is measured; else the letter goes by the words alone.'
            for at, p in enumerate(profiles)
            if at not in plan.fields.values() and "go to 10" in plan.why.get(at, "")
        ]
    if plan.kind == "verbatims" and "said_at" not in plan.fields and "said_at" not in refused:
        for at, p in enumerate(profiles):
            if at not in taken and p.written_dates >= _FITTING and not LATER_DATES.search(plain(p.name)):
                plan.fields["said_at"] = at
                plan.why[at] = "the only dates of the file"
                return


def _fit(name: str, p: Profile, kind: str, sure: float) -> tuple[str, bool]:  # noqa: C901 - one line a field
    """What to say of a column taken for a field, and whether its values fit; nothing to say where another may fit."""
    if not p.filled:
        return "it is empty", False
    if name in SCALES:
        scale = SCALES[name]
        fits = p.share_on(scale) >= (_FITTING if sure < 1 else 0.75) and not (
            name == "ces" and p.rows >= 30 and p.highest(scale) <= 5
        )
        if fits:
            return f"{scale}", True
        if name == "stars" and p.share_on(SCALES["nps"]) >= _FITTING:
            return (
                f"its values do not fit stars but go to 10: --map nps={p.name} if it asks who would recommend",
                False,
            )
        return (f"its values do not fit {name}, which goes {scale}" if p.numbers >= 0.5 else ""), False
    short = p.longest <= 120 and p.objects < 0.5
    if name in MOMENTS:
        later = name in ("said_at", "opened_at") and LATER_DATES.search(plain(p.name))
        return "dates", (p.dates >= _DATED or _but_one_date(p)) and not later
    if name == "own_id":
        own = p.unique if kind == "verbatims" else p.filled == p.rows
        return "the source's own identifier", own and short and p.mean_words < 4 and p.emails < 0.1
    if name in COUNTS or name in AMOUNTS:
        return "a count" if name in COUNTS else "an amount", p.numbers >= _FITTING
    if name == "lang":
        return "the language", p.longest <= 12 and all(lang(v) for v in p.values)
    if name == "quotable":
        return "whether it may be quoted", all(plain(v) in YES_NO for v in p.values)
    if name == "author":
        return "who speaks, customer or agent", all(plain(v) in AUTHORS for v in p.values)
    if name in ("person", "referred_by"):
        constant = p.distinct == 1 and p.rows >= 20
        return "a person; kept as a pseudonym", p.mean_words <= 5 and short and not constant
    if name == "thread":
        return "the conversation", short and not p.unique
    if name == "in_reply_to":
        return "the message that it answers", short and p.mean_words < 3
    strict = name in ("channel", "status")
    shared = p.distinct <= 50 and p.numbers < 0.5 if strict else True
    shape = short and p.mean_words <= 8 and max(p.written_dates, p.emails, p.links) < 0.5
    return f"a category of {p.distinct} value{'s' * (p.distinct > 1)}", shape and shared


def _but_one_date(p: Profile) -> bool:
    """Whether a column too small for shares holds dates but for one cell, whose row alone is set aside."""
    return 2 <= p.filled <= _FEW and p.dates * p.filled >= p.filled - 1


def _find_time(plan: Plan, profiles: Sequence[Profile]) -> None:
    """A time of day beside a date without one."""
    at = plan.fields.get("said_at", plan.fields.get("opened_at"))
    if at is None or plan.kind == "customers" or any(":" in value for value in profiles[at].values):
        return
    taken = {*plan.fields.values(), *plan.more.values()}
    for where, p in enumerate(profiles):
        if where not in taken and p.clocks >= _FITTING and confidence(TIME, p.name):
            plan.time = where
            plan.why[where] = f"the time of day, joined to {plan.columns[at]}"
            return


def _find_order(plan: Plan, name: str, p: Profile) -> None:
    told = dates.day_first(p.values)
    plan.day_first[name] = told is not False
    if told is False:
        plan.why[plan.fields[name]] += ", the month first"
    elif told:
        plan.why[plan.fields[name]] += ", the day first"
    elif any(dates.is_ambiguous(value) for value in p.values):
        plan.why[plan.fields[name]] += ", the day first by default: nothing says otherwise"


def _check(plan: Plan) -> None:
    # where a file has no header, what stands for its names may be somebody's words: short and scrubbed
    listed = ", ".join(scrub(column)[:_SHOWN] for column in plan.columns[:60]) + (
        ", …" if len(plan.columns) > 60 else ""
    )
    if plan.kind == "verbatims" and not {"text", *SCALES} & plan.fields.keys():
        raise BadSource(
            f"No column looks like customers' words. Columns: {listed}. Say which one with --map text=COLUMN."
        )
    if plan.kind == "customers" and "person" not in plan.fields:
        raise BadSource(
            f"No column looks like a customer's identifier. Columns: {listed}. Say which one with --map person=COLUMN."
        )
    if plan.kind == "cases" and not {"own_id", "opened_at"} & plan.fields.keys():
        raise BadSource(
            f"No column looks like a case's number or opening date. Columns: {listed}. Say which with --map opened_at=COLUMN."
        )
    if plan.kind == "verbatims" and "text" not in plan.fields:
        plan.notes.append("No column of words: only the scores are read.")
    if plan.kind == "verbatims" and "said_at" not in plan.fields:
        plan.notes.append("No column of dates: nothing can be told by day.")
