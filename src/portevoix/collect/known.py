"""What is known of words taken alone: which are given names, which are everyday words, which are places that bear a given name.

The lists of `lexicon/` are written by `python -m training.lexicon`; their first lines say where they come from and under which licence. They
are read when the first word is asked about, not when a command starts.
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_PLAIN = {
    code: unicodedata.normalize("NFD", chr(code))[0] for code in (*range(0xC0, 0x180), *range(0x1EA0, 0x1F00))
} | {
    ord("’"): "'",
    ord("ı"): "i",
    ord("ł"): "l",
    ord("Ł"): "L",
    ord("ø"): "o",
    ord("Ø"): "O",
    ord("đ"): "d",
    ord("Đ"): "D",
}
_FELT = re.compile(r"\w{2,}(?:[éÉ](?:e?s?|E?S?)|[^e]ed|ing|less|ous|able|ful)\Z")
PLACES = frozenset(
    """adelaide africa alexandria america angers asia austin bari brest brooklyn cairo carolina chad charlotte chelsea chester china cologne como corsica dakota
    dallas denver florence geneva georgia houston india indiana ireland israel jackson jordan kenya lancaster laval lima lincoln london lorient
    lorraine lourdes lyon madison marseille melbourne memphis milan montana nancy nice odessa orlando paris phoenix preston regina rennes roma salem
    salvador san santiago savannah savoie sens siena sofia sydney tours troy tyrone valence valencia verona victoria vienna vienne virginia
    bretagne alsace provence corse camargue vendee cannes lens pau metz arles calvi dax albi york wells bath reading kent devon essex chelmsford
    texas california oregon nevada arizona colorado florida kansas iowa utah ohio maine washington boston cleveland aspen rome indy hong kong palm phoenix
    manchester liverpool leeds bristol newcastle glasgow edinburgh cardiff belfast dublin nottingham sheffield durham newark norfolk richmond
    dijon nantes rouen lille bordeaux toulouse strasbourg grenoble rennes nimes caen amiens limoges besancon orleans mulhouse perpignan avignon
    antibes beziers poitiers colmar bayonne vannes quimper laon niort chartres bourges belfort cholet saintes vichy evreux creil melun meaux massy
    antony clichy issy ivry bondy sevran drancy pantin houilles sarcelles nanterre creteil montreuil international airport italy spain germany""".split()
)
"""Towns and countries that are given names as well, or that look like names."""
_WORDS_TOO = frozenset(
    """claire rose france victoire florence constant constance prudence grace ange angel jade charlie may june april hope joy faith dawn mark bill will pat
    sue art chase miles grant dean guy hank marine vivien clement juste desire prosper modeste honore parfait aime pierre olive rich rob nick jack max
    sam dan ben ken ray jean noel pascal merci victor mac santa mont mercedes cher chance sandy dolly robin frank jay lee kay jo le la les an bob mei thi anh wei ali sara
    iris fleur violette ambre ivy holly gloria viola stella luna mina mona alma aura carol angelique celeste felicite aurore solange lily sacha
    magali fanny candy cherry penny jenny sunny melody dolores zoe clio megane alexa siri alice olivier sandero golf polo lucas lena nadia emma
    claude barbie harvey french english german spanish italian irish scottish welsh dutch paul jules oscar ulysse leo harmonie felix cora tiffany chanel mini nova vita nora maya java ruby perl julia scala sierra mojave siena""".split()
)
"""Given names that are words, brands or products as well: they need more than their place in a sentence."""


def plain(word: str) -> str:
    """A word in small letters and without accents, as the lists have it."""
    return word.translate(_PLAIN).lower()


@cache
def _listed(name: str) -> tuple[frozenset[str], ...]:
    """The sections of a list, after what it says of itself."""
    text = (files("portevoix.collect") / "lexicon" / f"{name}.txt").read_text("utf-8")
    return tuple(frozenset(section.split()) for section in text.split("\n\n")[1:])


@lru_cache(maxsize=1 << 14)
def is_name(low: str) -> bool:
    """Whether a plain word is a given name, be it rare or a word as well."""
    return any(low in section for section in _listed("given"))


@lru_cache(maxsize=1 << 14)
def is_rare(low: str) -> bool:
    """Whether a plain word is a given name of one or two lists: it needs a greeting, a closing or a title."""
    return low in _listed("given")[2]


@lru_cache(maxsize=1 << 14)
def is_word(low: str) -> bool:
    """Whether a plain word is one that people write in small letters, given names that are words too included."""
    return low in _listed("common")[0]


@lru_cache(maxsize=1 << 14)
def is_name_alone(low: str) -> bool:
    """Whether a plain word is a given name that many bear, and no word, no brand and no product."""
    return low in _listed("given")[0] and low not in _WORDS_TOO


@lru_cache(maxsize=1 << 14)
def is_given(word: str) -> bool:
    """Whether a word, with the stops around it, is a given name."""
    low = plain(word.strip(".,"))
    return is_name(low) or is_name(low.removesuffix("'s"))


@lru_cache(maxsize=1 << 14)
def is_surely_given(word: str) -> bool:
    """Whether a word is a given name, and neither a word, a brand nor a place."""
    low = plain(word.strip(".,")).removesuffix("'s")
    return is_name_alone(low) and low not in PLACES


@lru_cache(maxsize=1 << 14)
def is_common(word: str) -> bool:
    """Whether a word is an everyday one and no given name."""
    low = plain(word.strip(".,'"))
    return is_word(low) and not is_name(low)


@lru_cache(maxsize=1 << 12)
def is_felt(word: str) -> bool:
    """Whether a word ends as those for what people feel do, "ulcérée", "perplexed", and is no given name."""
    return _FELT.match(word) is not None and not is_given(word)
