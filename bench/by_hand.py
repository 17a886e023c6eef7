"""The same figures' sums written by hand in DuckDB: what a careful analyst would type for each measure.

`{v}` and `{l}` stand for the files of verbatims and labels. Each question gives one row a group with n, sums, sums of
squares and distinct people of every answer: all that the intervals need, since these are arithmetic on a few rows.
"""

_CUSTOMERS = "select id, coalesce(person, id) as who, * exclude (id, person) from read_parquet('{v}') where author = 'customer'"
_ITEMS = ("needs_met", "easy", "enjoyable")
_TICKETS = {
    "nps": "case when nps >= 9 then 1 when nps <= 6 then -1 when nps is not null then 0 end",
    "csat": "case when csat >= 4 then 1 when csat is not null then 0 end",
    "ces": "case when ces >= 5 then 1 when ces is not null then 0 end",
    "ces_mean": "ces - 4",
    "ces_net": "case when ces >= 5 then 1 when ces <= 3 then -1 when ces is not null then 0 end",
    "experience": "2 * (sign(needs_met - 3) + sign(easy - 3) + sign(enjoyable - 3))::bigint",
    **{
        item: f"case when {item} >= 4 then 1 when {item} <= 2 then -1 when {item} is not null then 0 end"
        for item in _ITEMS
    },
}
_SCORES = {
    "nps": ("nps",),
    "csat": ("csat",),
    "ces": ("ces", "ces_mean", "ces_net"),
    "experience": ("experience", *_ITEMS),
}


def _tallied(rows: str, keys: str, tickets: tuple[str, ...]) -> str:
    """Sums by group, by person first where several tickets want their people told apart."""
    comma, group = (f"{keys}, ", f"group by {keys}") if keys else ("", "")
    if len(tickets) == 1:
        (t,) = tickets
        return f"select {comma}count({t}) as {t}_n, sum({t}) as {t}_s, sum({t} * {t}) as {t}_q, count(distinct who) as {t}_p from ({rows}) {group}"
    each = ", ".join(f"count({t}) as {t}_n, sum({t}) as {t}_s, sum({t} * {t}) as {t}_q" for t in tickets)
    total = ", ".join(
        f"sum({t}_n) as {t}_n, sum({t}_s) as {t}_s, sum({t}_q) as {t}_q, count(*) filter ({t}_n > 0) as {t}_p"
        for t in tickets
    )
    return f"select {comma}{total} from (select {comma}who, {each} from ({rows}) group by {comma}who) {group}"


def _score(name: str, by: str = "") -> str:
    """Asked of people who answered: who writes this knows that his table has answers, and reads no words."""
    comma = f"{by}, " if by else ""
    tickets = ", ".join(f"{_TICKETS[one]} as {one}_" for one in _SCORES[name])
    asked = " or ".join(f"{one} is not null" for one in (_ITEMS if name == "experience" else (name,)))
    rows = f"select {comma}who, {tickets} from ({_CUSTOMERS}) where {asked}"
    return _tallied(rows, by, tuple(f"{one}_" for one in _SCORES[name]))


_MENTIONS = """
select verbatim, value as theme, min(coalesce(polarity, 0)) as worst, max(coalesce(polarity, 0)) as best,
  sign(sum(coalesce(polarity, 0)))::bigint as balance
from read_parquet('{l}') where kind = 'theme' group by all
"""
_READ = """
select c.* from ({customers}) c semi join (
  select verbatim from read_parquet('{l}') where kind = 'lang' and value in ('fr', 'en')) k on c.id = k.verbatim
"""
_THEMED = """
with scored as materialized (
  select id, who, {asked} as asked from ({read})),
told as (
  select who, theme, 1 as mention, case when worst < 0 then 1 end as negative, case when best > 0 then 1 end as positive,
    balance as net, case when worst < 0 then asked end as against_asked
  from scored s join ({mentions}) n on s.id = n.verbatim)
select * from ({base}), ({found})
"""


def _themes() -> str:
    text = _THEMED.format(
        asked=_TICKETS["nps"],
        read=_READ.replace("{customers}", _CUSTOMERS),
        mentions=_MENTIONS,
        base=_tallied("select *, 1 as all_ from scored", "", ("all_", "asked")),
        found=_tallied(
            "select * from told",
            "theme",
            ("mention", "negative", "positive", "net", "against_asked"),
        ),
    )
    return text


_EMERGING = """
with rows as materialized (
  select id, who, said_on from ({read}) where said_on > (select max(said_on) from read_parquet('{{v}}')) - 63),
told as materialized (select * from rows r join ({mentions}) m on r.id = m.verbatim where worst < 0)
select 'all' as what, null as theme, said_on, count(*) as n from rows group by all union all
select 'told', theme, said_on, count(*) from told group by all union all
select 'people', theme, null, count(distinct who) from told
  where said_on > (select max(said_on) from rows) - 7 group by all union all
select 'recent', theme, null, count(distinct who) from told
  where said_on > (select max(said_on) from rows) - 2 group by all
"""

QUESTIONS = {
    **{name: (_score(name), ()) for name in _SCORES},
    "nps --by channel": (_score("nps", "channel"), ("channel",)),
    "themes": (_themes(), ()),
    "emerging": (
        _EMERGING.format(read=_READ.replace("{customers}", _CUSTOMERS), mentions=_MENTIONS).replace("{{", "{").replace("}}", "}"),
        (),
    ),
}  # fmt: skip
"""By name as typed: the question by hand, and the columns that the measure is split by."""
