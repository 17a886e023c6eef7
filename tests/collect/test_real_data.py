"""Real exports, read as their README says they are."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from portevoix.collect.files import source
from portevoix.errors import PortevoixError

pytestmark = pytest.mark.data


def read(path, **options):
    """(column → field, the rows as one table, what was refused)"""
    reading = source(path, **options)
    batches = list(reading.batches())
    return (
        {line.column: line.field for line in reading.understood},
        pa.concat_tables(b.rows for b in batches),
        [r for b in batches for r in b.refused],
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
    scores = rows["nps"].drop_null().to_pylist()
    assert (len(rows), len(scores), refused) == (2385, 2353, [])
    assert round(100 * (sum(s >= 9 for s in scores) - sum(s <= 6 for s in scores)) / len(scores), 2) == -24.69


def test_the_insurance_reviews_are_all_there(data):
    fields, rows, refused = read(data / "reviews" / "fr_insurance_reviews.jsonl.gz")
    assert (len(rows), len(rows["stars"].drop_null()), refused) == (30964, 20673, [])
    assert fields["date"] == "said_at"
    assert pc.count_distinct(rows["own_id"]).as_py() == 30964


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
    assert set(pc.year(rows["said_at"]).to_pylist()) == {2015}


def test_the_support_tweets_tell_customers_from_agents(data):
    fields, rows, refused = read(data / "care" / "twcs_subset.csv.gz")
    assert (len(rows), refused) == (53130, [])
    assert set(rows["author"].to_pylist()) == {"customer", "agent"}
    assert fields["in_response_to_tweet_id"] == "in_reply_to"


def test_the_incident_log_is_cases_and_no_words(data):
    fields, rows, refused = read(data / "care" / "itsm_incident_event_log.csv.gz", kind="cases")
    assert (len(rows), pc.count_distinct(rows["own_id"]).as_py(), refused) == (20769, 20769, [])
    assert (fields["resolved_at"], fields["reopen_count"], fields["caller_id"]) == (
        "claimed_at",
        "relapses",
        "person",
    )


def test_every_table_of_the_folder_is_read_or_refused_in_a_sentence(data):
    for file in sorted([*data.glob("care/*.gz"), *data.glob("raw/*/*"), *data.glob("reviews/*.gz")]):
        try:
            source(file)
        except PortevoixError as error:
            assert str(error).endswith("."), file.name  # noqa: PT017 - the sentence is the point
