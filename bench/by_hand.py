"""The same figures' sums written by hand in DuckDB: what a careful analyst would type for each measure.

`{v}` and `{l}` stand for the files of verbatims and labels. Each question gives one row a group with n, sums, sums of
squares and distinct people of every answer: all that the intervals need, since these are arithmetic on a few rows.
"""

_CUSTOMERS = "select id, coalesce(person, id) as who, * exclude (id, person) from read_parquet('{v}') where author = 'customer'"
_MOODS = """
select verbatim, avg(polarity) filter (kind = 'sentiment') as mood, avg(polarity) filter (kind = 'easy') as easy_said,
  avg(polarity) filter (kind = 'needs_met') as needs_said, avg(polarity) filter (kind = 'enjoyable') as joy_said
from read_parquet('{l}') where kind in ({kinds}) group by verbatim
"""
_THIRDS = "case when {0} > 0.15 then 1 when {0} < -0.15 then -1 when {0} is not null then 0 end"
_ITEMS = [_THIRDS.format(item) for item in ("needs_said", "easy_said", "joy_said")]
_MEAN_OF_THIRDS = f"list_avg([x for x in [{', '.join(_ITEMS)}] if x is not null])"
_TICKETS = {
    "nps_asked": "case when nps >= 9 then 1 when nps <= 6 then -1 when nps is not null then 0 end",
    "nps_stars": "case when stars >= 5 then 1 when stars >= 4 then 0 when stars is not null then -1 end",
    "nps_words": _THIRDS.format("mood"),
    "csat_asked": "case when csat >= 4 then 1 when csat is not null then 0 end",
    "csat_stars": "case when stars >= 4 then 1 when stars is not null then 0 end",
    "csat_words": "case when mood > 0.15 then 1 when mood is not null then 0 end",
    "ces_asked": "case when ces >= 5 then 1 when ces is not null then 0 end",
    "ces_mean": "ces - 4",
    "ces_net": "case when ces >= 5 then 1 when ces <= 3 then -1 when ces is not null then 0 end",
    "ces_words": "case when easy_said > 0.15 then 1 when easy_said is not null then 0 end",
    **{
        f"{item}_asked": f"case when {item} >= 4 then 1 when {item} <= 2 then -1 when {item} is not null then 0 end"
        for item in ("needs_met", "easy", "enjoyable")
    },
    "needs_met_words": _THIRDS.format("needs_said"),
    "easy_words": _THIRDS.format("easy_said"),
    "enjoyable_words": _THIRDS.format("joy_said"),
    "index_asked": "2 * (sign(needs_met - 3) + sign(easy - 3) + sign(enjoyable - 3))::bigint",
    "index_words": "6 * " + _MEAN_OF_THIRDS,
    "index_stars": "6 * (case when stars >= 4 then 1 when stars <= 2 then -1 when stars is not null then 0 end)",
}
_SCORES = {
    "nps": ("'sentiment'", ("nps_asked", "nps_stars", "nps_words")),
    "csat": ("'sentiment'", ("csat_asked", "csat_stars", "csat_words")),
    "ces": ("'easy'", ("ces_asked", "ces_mean", "ces_net", "ces_words")),
    "experience": (
        "'needs_met', 'easy', 'enjoyable'",
        ("index_asked", "index_stars", "index_words", *(f"{item}_{basis}" for item in ("needs_met", "easy", "enjoyable")
                                         for basis in ("asked", "words"))),
    ),
}  # fmt: skip


def _tallied(rows: str, keys: str, tickets: tuple[str, ...]) -> str:
    each = ", ".join(f"count({t}) as {t}_n, sum({t}) as {t}_s, sum({t} * {t}) as {t}_q" for t in tickets)
    total = ", ".join(
        f"sum({t}_n) as {t}_n, sum({t}_s) as {t}_s, sum({t}_q) as {t}_q, count(*) filter ({t}_n > 0) as {t}_p"
        for t in tickets
    )
    comma = f"{keys}, " if keys else ""
    return (
        f"select {comma}{total} from (select {comma}who, {each} from ({rows}) group by {comma}who) "
        f"{'group by ' + keys if keys else ''}"
    )


def _score(name: str, by: str = "") -> str:
    kinds, tickets = _SCORES[name]
    columns = ", ".join(f"{_TICKETS[one]} as {one}" for one in tickets)
    comma = f"{by}, " if by else ""
    rows = (
        f"select {comma}who, {columns} from ({_CUSTOMERS}) c "
        f"left join ({_MOODS.replace('{kinds}', kinds)}) m on c.id = m.verbatim"
    )
    return _tallied(rows, by, tickets)


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
  select r.id, r.who, {asked} as asked, ((stars - 3) * 2)::bigint as starred, floor(mood * 1000 + 0.5)::bigint as felt
  from ({read}) r left join ({moods}) m on r.id = m.verbatim),
told as (
  select who, theme, 1 as mention, case when worst < 0 then 1 end as negative, case when best > 0 then 1 end as positive,
    balance as net, case when worst < 0 then asked end as against_asked, case when worst < 0 then starred end as against_starred,
    case when worst < 0 then felt end as against_felt
  from scored s join ({mentions}) n on s.id = n.verbatim)
select * from ({base}), ({found})
"""


def _themes() -> str:
    text = _THEMED.format(
        asked=_TICKETS["nps_asked"],
        read=_READ.replace("{customers}", _CUSTOMERS),
        moods=_MOODS.replace("{kinds}", "'sentiment'"),
        mentions=_MENTIONS,
        base=_tallied("select *, 1 as all_ from scored", "", ("all_", "asked", "starred", "felt")),
        found=_tallied(
            "select * from told",
            "theme",
            ("mention", "negative", "positive", "net", "against_asked", "against_starred", "against_felt"),
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
