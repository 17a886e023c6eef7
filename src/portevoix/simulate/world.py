"""Filandelle, an operator of fibre and television that does not exist: its towns, its days, and what befalls it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LAST = date(2026, 11, 20)
"""The last day, always: a Friday."""
PARIS = ZoneInfo("Europe/Paris")

CITIES = (
    ("Rennes", 0.18),
    ("Dijon", 0.12),
    ("Tours", 0.11),
    ("Nantes", 0.10),
    ("Clermont-Ferrand", 0.09),
    ("Reims", 0.08),
    ("Limoges", 0.07),
    ("Brest", 0.07),
    ("Poitiers", 0.06),
    ("Nîmes", 0.05),
    ("Metz", 0.04),
    ("Pau", 0.03),
)
SEGMENTS = (("famille", 0.40), ("jeune", 0.22), ("senior", 0.28), ("pro", 0.10))
FIBRE, TELE = "fibre", "télé"
GOOD, BAD = "bonne", "mauvaise"
SOLVER, CLOSER = "Tilleul", "Ardoise"
"""The two contact centres: the one solves, the other closes."""
PHONE, CHAT, TICKET, MAIL, TWEET, REVIEW, SURVEY = (
    "téléphone",
    "tchat",
    "ticket",
    "mail",
    "tweet",
    "avis",
    "enquête",
)

# what befalls it, counted in days before the last one: a run of 14 days sees it all
OUTAGE_CITY, OUTAGE = "Dijon", LAST - timedelta(days=10)
DROPS_CITY, DROPS = "Rennes", LAST - timedelta(days=2)
ERROR = LAST - timedelta(days=13)
FIX = LAST - timedelta(days=8)


def moment(day: date, minute: float) -> datetime:
    """The instant, in UTC, of a minute of a day in Paris, to the second."""
    hours, rest = divmod(minute, 60)
    local = datetime(
        day.year, day.month, day.day, int(hours) % 24, int(rest), int(rest % 1 * 60), tzinfo=PARIS
    )
    return local.astimezone(UTC)


def local(instant: datetime) -> datetime:
    """The same instant on a clock in Paris."""
    return instant.astimezone(PARIS)


def awake(instant: datetime) -> datetime:
    """The same instant, or where people sleep one of the hour that opens the day, in the same order."""
    clock = local(instant)
    minute = clock.hour * 60 + clock.minute + clock.second / 60
    return moment(clock.date(), 8 * 60 + minute / 9) if minute < 9 * 60 else instant


END = moment(LAST + timedelta(days=1), 0)
"""Nothing is known from this instant on."""
