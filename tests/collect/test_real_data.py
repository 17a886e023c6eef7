"""Real exports, read as their README says they are."""

import pytest

from portevoix.collect.files import source

pytestmark = pytest.mark.data


def read(path, **options):
    reading = source(path, **options)
    batches = list(reading.batches())
    rows = [
        row
        for batch in batches
        for row in batch.rows.select(
            [n for n in batch.rows.column_names if n not in ("text", "row", "more")]
        ).to_pylist()
    ]
    return (
        {line.column: line.field for line in reading.understood},
        rows,
        [r for batch in batches for r in batch.refused],
    )


def test_the_telecom_verbatims_give_their_published_nps(data):
    fields, rows, refused = read(data / "care" / "nps_verbatims_telecom.csv.gz")
    assert fields == {
        "CUSTOMER_RESPONSE_DATE": "said_at",
        "SURVEY_SUB_TYPE": "more",
        "NPS_RATING": "more",
        "NPS_SCORE": "nps",
        "text": "text",
        "Qtr": "more",
    }
    scores = [row["nps"] for row in rows if row["nps"] is not None]
    assert (len(rows), len(scores), refused) == (2385, 2353, [])
    assert round(100 * (sum(s >= 9 for s in scores) - sum(s <= 6 for s in scores)) / len(scores), 2) == -24.69


def test_the_insurance_reviews_are_all_there(data):
    fields, rows, refused = read(data / "reviews" / "fr_insurance_reviews.jsonl.gz")
    assert (len(rows), sum(row["stars"] is not None for row in rows), refused) == (30964, 20673, [])
    assert fields["date"] == "said_at"
    assert len({row["own_id"] for row in rows}) == 30964


def test_the_comcast_complaints_have_their_day_and_hour(data):
    (file,) = (data / "raw" / "comcast").iterdir()
    fields, rows, refused = read(file)
    assert (len(rows), refused) == (2224, [])
    assert (fields["Date"], fields["Time"], fields["Received Via"], fields["Status"]) == (
        "said_at",
        "said_at",
        "channel",
        "status",
    )
    assert {row["said_at"].year for row in rows} == {2015}


def test_the_support_tweets_tell_customers_from_agents(data):
    fields, rows, refused = read(data / "care" / "twcs_subset.csv.gz")
    assert (len(rows), refused) == (53130, [])
    assert {row["author"] for row in rows} == {"customer", "agent"}
    assert fields["in_response_to_tweet_id"] == "in_reply_to"


def test_the_incident_log_is_cases_and_no_words(data):
    fields, rows, refused = read(data / "care" / "itsm_incident_event_log.csv.gz", kind="cases")
    assert (len(rows), len({row["own_id"] for row in rows}), refused) == (119998, 20769, [])
    assert (fields["resolved_at"], fields["reopen_count"], fields["caller_id"]) == (
        "claimed_at",
        "relapses",
        "person",
    )


def test_every_table_of_the_folder_is_read_or_refused_in_a_sentence(data):
    from portevoix.errors import PortevoixError

    for file in sorted([*data.glob("care/*.gz"), *data.glob("raw/*/*"), *data.glob("reviews/*.gz")]):
        try:
            source(file)
        except PortevoixError as error:
            assert str(error).endswith("."), file.name  # noqa: PT017 - the sentence is the point
