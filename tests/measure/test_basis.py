"""Who counts, and what stands in for answers that nobody gave."""

from typing import Any

import pytest

from portevoix.errors import WrongUse
from portevoix.measure.experience import experience
from portevoix.measure.scores import ces, csat, nps
from portevoix.settings import Settings
from tests.measure.conftest import Bench, answers


def said(kind: str, polarities: list[float]):
    return [(f"v{place}", kind, kind, polarity) for place, polarity in enumerate(polarities)]


def test_unscored_words_do_not_dilute_nps(bench: Bench):
    rows = answers("nps", {10: 30, 0: 10}) + [{}] * 200
    (found,) = bench.measures(nps, rows, said("sentiment", [-1.0] * 240))
    assert (found.value, found.n, found.basis) == (50, 40, "asked")


def test_what_agents_write_is_not_a_customers_voice(bench: Bench):
    rows = answers("nps", {10: 30}) + answers("nps", {0: 30}, author="agent")
    (found,) = bench.measures(nps, rows)
    assert (found.value, found.n) == (100, 30)


def test_answers_off_the_scale_are_not_answers(bench: Bench):
    (found,) = bench.measures(nps, answers("nps", {10: 40, 11: 5, -1: 5}))
    assert (found.value, found.n) == (100, 40)
    (found,) = bench.measures(nps, answers("stars", {5: 40, 0: 5, 6: 5}))
    assert (found.value, found.n) == (100, 40)


def test_stars_stand_in_for_nps_and_say_so(bench: Bench):
    rows = answers("stars", {5: 20, 4.5: 5, 4: 5, 3.5: 5, 1: 15})
    (found,) = bench.measures(nps, rows, said("sentiment", [-1.0] * 50))
    assert (found.value, found.basis, found.note) == (0, "stars", "estimated from stars")


def test_words_stand_in_where_nothing_else_is(bench: Bench):
    (found,) = bench.measures(nps, [{}] * 40, said("sentiment", [0.9] * 20 + [0.15] * 10 + [-0.2] * 10))
    assert (found.value, found.basis, found.note) == (25, "words", "estimated from words")
    (found,) = bench.measures(csat, [{}] * 40, said("sentiment", [0.9] * 20 + [0.15] * 10 + [-0.2] * 10))
    assert (found.value, found.basis, found.n) == (0.5, "words", 40)


def test_four_answers_are_too_few_to_set_aside_three_hundred_stars(bench: Bench):
    rows = answers("nps", {0: 4}) + answers("stars", {5: 300})
    (found,) = bench.measures(nps, rows)
    assert (found.value, found.basis, found.n) == (100, "stars", 300)


def test_two_efforts_are_not_five_because_three_figures_stand_on_them(bench: Bench):
    rows = answers("ces", {7: 2}) + [{}] * 40
    (found,) = bench.measures(ces, rows, said("easy", [1.0] * 10 + [-1.0] * 32))
    assert (found.name, found.basis, found.n) == ("ces", "words", 42)


def test_full_answers_decide_the_basis_of_experience_not_its_items(bench: Bench):
    rows = answers("easy", {5: 60}) + answers("stars", {1: 40})
    (found,) = bench.measures(experience, rows)
    assert (found.name, found.basis, found.value) == ("experience", "stars", -100)


@pytest.mark.parametrize(("measure", "column"), [(nps, "nps"), (nps, "stars"), (csat, "csat"), (ces, "ces")])
def test_labels_are_not_read_where_answers_decide(measure: Any, column: str, bench: Bench):
    labels = bench.labels(said("sentiment", [1.0]) + said("easy", [1.0]))
    for rows, read in ((answers(column, {4: 5}), False), (answers(column, {4: 4}), True)):
        sql = bench.con.compile(measure(bench.verbatims(rows), labels))
        assert ("JOIN" in sql) == read


def test_a_split_never_mixes_asked_and_estimated(bench: Bench):
    rows = answers("nps", {10: 10}, channel="survey") + answers("stars", {1: 50}, channel="web")
    found = bench.measures(nps, rows, by=("channel",))
    assert [(measure.where, measure.basis, measure.value) for measure in found] == [
        ({"channel": "survey"}, "asked", 100)
    ]


def test_satisfaction_from_stars_starts_at_four(bench: Bench):
    (found,) = bench.measures(csat, answers("stars", {5: 10, 4: 10, 3.5: 10, 2: 10}))
    assert (found.value, found.basis) == (0.5, "stars")


def test_effort_is_never_read_from_stars(bench: Bench):
    assert bench.measures(ces, answers("stars", {1: 50})) == []
    (found,) = bench.measures(ces, answers("stars", {1: 50}), said("easy", [1.0] * 10 + [-1.0] * 30))
    assert (found.name, found.value, found.n, found.basis) == ("ces", 0.25, 40, "words")


def test_experience_from_stars_has_no_items(bench: Bench):
    (found,) = bench.measures(experience, answers("stars", {5: 20, 4: 10, 3: 10, 2.5: 5, 2: 15}))
    assert (found.name, found.value, found.note) == ("experience", 25, "estimated from stars")


def test_experience_from_words_averages_what_each_comment_speaks_of(bench: Bench):
    labels = [
        ("v0", "easy", "easy", 1.0),
        ("v0", "enjoyable", "enjoyable", -1.0),
        ("v1", "needs_met", "needs_met", 1.0),
    ]
    labels += [(f"v{place}", "easy", "easy", -1.0) for place in range(2, 8)]
    found = bench.named(experience, [{}] * 9, labels)
    # v0 speaks of two items that cancel out, v1 is content, six are not, v8 speaks of none
    assert found["experience"].value == pytest.approx(100 * (0 + 1 - 6) / 8)
    assert found["experience"].n == 8
    assert found["experience.easy"].value == pytest.approx(100 * (1 - 6) / 7)
    assert found["experience"].note == "estimated from words"


def test_someone_who_skips_an_item_counts_for_the_items_answered_only(bench: Bench):
    rows = [{"enjoyable": 5, "easy": 5, "needs_met": 5}] * 30 + [{"easy": 1}] * 10
    found = bench.named(experience, rows)
    assert (found["experience"].value, found["experience"].n) == (100, 30)
    assert (found["experience.easy"].value, found["experience.easy"].n) == (50, 40)


def test_no_band_is_given_to_fewer_than_thirty_nor_to_an_estimate(bench: Bench):
    full = {"enjoyable": 5, "easy": 5, "needs_met": 5}
    assert bench.named(experience, [full] * 29)["experience"].note == "fewer than 30"
    assert bench.named(experience, [full] * 30)["experience"].note == "band: excellent"
    assert bench.named(experience, answers("stars", {5: 30}))["experience"].note == "estimated from stars"


def test_a_company_sets_its_own_bands(bench: Bench):
    rows = [{"enjoyable": 5, "easy": 5, "needs_met": 3}] * 30  # 66.7 points
    assert bench.named(experience, rows)["experience"].note == "band: okay"
    own = Settings(bands=(66.5, 40, 20, 0))
    assert bench.named(experience, rows, settings=own)["experience"].note == "band: excellent"


def test_a_verbatim_labelled_twice_counts_once(bench: Bench):
    labels = said("sentiment", [1.0] * 40) + said("sentiment", [1.0] * 40)
    (found,) = bench.measures(nps, [{}] * 40, labels)
    assert found.n == 40


def test_no_answers_no_stars_no_words_no_rows(bench: Bench):
    for function in (nps, csat, ces, experience):
        assert bench.measures(function, [{}] * 50) == []
        assert bench.measures(function, []) == []


def test_a_split_by_a_column_named_like_ours_is_kept_apart(bench: Bench):
    rows = answers("nps", {10: 30}, who="a", by0="b", period="p", head="h")
    (found,) = bench.measures(
        nps, rows, extra=("who", "by0", "period", "head"), by=("who", "by0", "period", "head")
    )
    assert found.where == {"who": "a", "by0": "b", "period": "p", "head": "h"}


@pytest.mark.parametrize("name", ["stars", "nps", "value", "n", "note", "theme"])
def test_a_split_that_cannot_be_shown_is_refused(bench: Bench, name: str):
    with pytest.raises(WrongUse, match=f"can't be split by '{name}'"):
        bench.measures(nps, answers("nps", {10: 30}), by=(name,))


def test_rows_without_a_value_for_the_split_are_one_group(bench: Bench):
    rows = answers("nps", {10: 30}, channel="mail") + answers("nps", {0: 30})
    found = {
        measure.where["channel"]: measure.value for measure in bench.measures(nps, rows, by=("channel",))
    }
    assert found == {"mail": 100, "unknown": -100}
