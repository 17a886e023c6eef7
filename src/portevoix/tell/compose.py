"""A finding put into words: a title and a few sentences, each with the measures that its figures come from."""

from portevoix.tell import gauges, themes
from portevoix.tell.draft import LONGEST_RUN, Draft, filled, run
from portevoix.tell.facts import Facts
from portevoix.tell.finding import Finding
from portevoix.tell.tongue import Tongue, capital, pick

_WRITERS = {
    "score": gauges.score,
    "split": gauges.split,
    "volume": gauges.volume,
    "fall": themes.fall,
    "worse": themes.worse,
}


def compose(finding: Finding, facts: Facts, speech: Tongue, used: set[str]) -> Draft:
    """The draft of one finding. `used`: wordings that this letter has already, and those it adds."""
    draft = Draft(
        finding=finding,
        kind=finding.kind,
        title="",
        subject=finding.subject,
        measures=[finding.now],
        ids=finding.ids,
    )
    for extra in (finding.change, finding.other):
        if extra is not None:
            draft.measures.append(extra)
    writer = _WRITERS.get(finding.kind, themes.told)
    writer(draft, facts, speech, used)
    if writer is gauges.split:
        used.add("\x00apart")
    elif writer is not themes.told:
        used -= {"\x00good", "\x00bad", "\x00apart"}
    again = _again(finding, facts, speech)
    if again:
        draft.sentences.insert(0, (2, again))
    return draft


def act(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """What somebody could do before noon: at most one a letter, so the letter decides where."""
    todo = speech.entry(draft.finding.theme)["act"]
    draft.add(filled(speech.words["say"]["act"], facts, speech, draft.subject, used, act=todo), 2)


def _again(finding: Finding, facts: Facts, speech: Tongue) -> str:
    """As in "Troisième jour de suite." when the letters just before told the same thing the same way."""
    days = run(finding, facts)
    if days < 2 or finding.kind not in ("rise", "fall", "better", "worse", "cluster"):
        return ""
    if days > LONGEST_RUN:
        return speech.say(pick(speech.words["say"]["again_long"], finding.subject))
    name = speech.words["step"][facts.period.kind]
    rank = capital(speech.grammar.rank(days, name))
    return speech.say(pick(speech.words["say"]["again"], finding.subject), Rank=rank, step=name)
