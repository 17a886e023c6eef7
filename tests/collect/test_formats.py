"""Every format and every encoding that tools export, and what is no table at all."""

import csv
import gzip
import io
import json
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from portevoix.collect.files import source
from portevoix.errors import BadSource, PortevoixError

ROWS = [
    ("1", "03/11/2026 08:15", "Très déçu : la ligne retombe chaque soir.", "2"),
    ("2", "03/11/2026 09:40", 'Réglé en deux jours, "merci" ; rien à redire', "9"),
    ("3", "14/11/2026 23:59", "Deux lignes\net un cœur €", "10"),
    ("4", "15/11/2026 00:00", "RAS", "7"),
]
HEADER = ("id", "date", "commentaire", "note nps")


def rows_of(reading):
    return [row for batch in reading.batches() for row in batch.rows.to_pylist()]


def refused_of(reading):
    return [refused for batch in reading.batches() for refused in batch.refused]


def as_csv(delimiter=";", rows=ROWS, header=HEADER):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def is_whole(reading):
    rows = rows_of(reading)
    assert [row["text"] for row in rows] == [text for _, _, text, _ in ROWS]
    assert [row["nps"] for row in rows] == [2, 9, 10, 7]
    assert [row["own_id"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0]["said_at"].isoformat() == "2026-11-03T07:15:00"  # Paris is one hour ahead in November
    assert len({row["row"] for row in rows}) == 4
    return True


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter_reads_the_same(tmp_path, encoding, delimiter):
    file = tmp_path / "avis.csv"
    file.write_bytes(as_csv(delimiter).encode(encoding))
    assert is_whole(source(file))


def test_compression_is_seen_by_the_bytes_and_not_by_the_name(tmp_path):
    file = tmp_path / "avis.csv"
    file.write_bytes(gzip.compress(as_csv().encode()))
    assert is_whole(source(file))
    other = tmp_path / "avis.csv.gz"
    other.write_bytes(as_csv().encode())
    assert is_whole(source(other))
    assert source(other).source == "avis"


def test_json_lines_an_array_and_an_envelope_read_the_same(tmp_path):
    objects = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    for name, text in {
        "lines.jsonl": "\n".join(map(json.dumps, objects)),
        "one.json": json.dumps(objects, indent=1),
        "envelope.json": json.dumps({"count": 4, "next": None, "data": objects}),
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
        assert is_whole(source(tmp_path / name)), name


def test_nested_objects_become_dotted_columns(tmp_path):
    lines = [
        json.dumps(
            {"id": i, "via": {"channel": "web"}, "user": {"id": 7}, "body": f"Message numéro {i} de test"}
        )
        for i in range(6)
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(lines), "utf-8")
    rows = rows_of(source(tmp_path / "t.jsonl"))
    assert {row["channel"] for row in rows} == {"web"}
    assert {row["person"] for row in rows} == {"7"}


def test_a_line_that_is_no_json_is_set_aside_with_its_number(tmp_path):
    (tmp_path / "t.jsonl").write_text(
        '{"text": "un deux trois"}\n{"text": \n[1]\n\n{"text": "quatre"}\n', "utf-8"
    )
    reading = source(tmp_path / "t.jsonl")
    assert [row["text"] for row in rows_of(reading)] == ["un deux trois", "quatre"]
    assert [refused.line for refused in refused_of(reading)] == [2, 3]


def test_a_spreadsheet_with_a_title_above_its_header(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Export du service qualité"])
    sheet.append([])
    sheet.append(["Réf", "Date de réponse", "Verbatim", "NPS", "Canal"])
    import datetime

    for i in range(12):
        sheet.append(
            [
                i + 1,
                datetime.datetime(2026, 11, 3, 8, 15),
                f"Commentaire numéro {i} bien écrit",
                i % 11,
                "mail",
            ]
        )
    book.save(tmp_path / "avis.xlsx")
    reading = source(tmp_path / "avis.xlsx")
    rows = rows_of(reading)
    assert len(rows) == 12
    assert rows[0]["line"] == 4
    assert rows[0]["own_id"] == "1"
    assert rows[0]["said_at"].isoformat() == "2026-11-03T07:15:00"
    assert rows[5]["nps"] == 5
    assert [refused.line for refused in refused_of(reading)] == [1]


def test_parquet_with_types_of_its_own(tmp_path):
    table = pa.table(
        {
            "comment": ["très bien", "très mal", None],
            "stars": pa.array([4.5, 1.0, 3.0]),
            "date": pa.array([1793692800000] * 3, pa.timestamp("ms", tz="UTC")),
            "place": [{"country": "FR"}] * 3,
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    rows = rows_of(source(tmp_path / "a.parquet"))
    assert [row["stars"] for row in rows] == [4.5, 1.0, 3.0]
    assert rows[0]["said_at"].isoformat() == "2026-11-03T08:00:00"
    (tmp_path / "b.parquet").write_bytes(gzip.compress((tmp_path / "a.parquet").read_bytes()))
    assert [row["text"] for row in rows_of(source(tmp_path / "b.parquet"))] == ["très bien", "très mal", ""]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xef\xbb\xbf\n\n", "empty"),
        ("a.csv", b"text;nps\n", "no row"),
        ("a.csv", ("x;" * 1_000_000 + "y\n").encode(), "columns"),
        ("a.csv.gz", gzip.compress(b"text;nps\nbonjour;3\n" * 1000, mtime=0)[:-20], "cut short"),
        ("a.json", b'{"text": "abc', "JSON"),
        ("a.json", b"[1, 2, 3]", "list of objects"),
        ("a.json", b"[" * 100_000, "JSON|nested"),
        ("a.parquet", b"PAR1" + b"\0" * 100 + b"PAR1", "damaged"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 500, "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\1" * 5000, "damaged"),
        ("a.pdf", b"%PDF-1.7 ...", "no table"),
        ("a.csv", b"ref;montant\n1;2\n3;4\n", "--map text="),
    ],
)
def test_what_is_no_table_of_words_is_refused_in_a_sentence(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadSource, match=says) as told:
        source(tmp_path / name)
    assert str(told.value).endswith((".", ")"))


def test_an_archive_and_a_bomb_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("avis.csv", as_csv())
    with pytest.raises(BadSource, match="unpack it"):
        source(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (100 << 20))
    with pytest.raises(BadSource, match="too much"):
        source(tmp_path / "bomb.xlsx")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(BadSource, match="There is no file"):
        source(tmp_path / "rien.csv")
    with pytest.raises(BadSource, match="no file"):
        source(tmp_path)


def test_a_cell_far_out_does_not_take_all_memory(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "texte"
    book.active["XFD1048576"] = "loin"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(PortevoixError):
        source(tmp_path / "a.xlsx")


def test_a_megabyte_in_a_cell_is_read(tmp_path):
    (tmp_path / "a.csv").write_text(
        "texte;nps\n" + '"' + "mot " * 300_000 + '";3\ncourt mais bon;9\n', "utf-8"
    )
    rows = rows_of(source(tmp_path / "a.csv"))
    assert len(rows[0]["text"]) > 1_000_000
    assert rows[1]["nps"] == 9
    assert rows[1]["line"] == 3


def test_the_digest_stands_for_the_content_and_how_it_is_read(tmp_path):
    (tmp_path / "a.csv").write_text(as_csv(), "utf-8")
    (tmp_path / "b.csv").write_text(as_csv(), "utf-8")
    digest = source(tmp_path / "a.csv").digest
    assert source(tmp_path / "b.csv").digest == digest
    assert source(tmp_path / "a.csv", mapping={"text": "commentaire"}).digest != digest
    (tmp_path / "b.csv").write_text(as_csv() + "5;03/11/2026;encore;1\n", "utf-8")
    assert source(tmp_path / "b.csv").digest != digest


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_line_ending_gives_the_lines_that_an_editor_shows(tmp_path, ending):
    lines = [
        "\ufeffsep=;",
        "ref;commentaire;nps;",
        "1;premier avis;3;",
        "",
        '2;"sur deux',
        'lignes";4;',
        "3;dernier avis;5;",
    ]
    (tmp_path / "a.csv").write_bytes(ending.join(lines).encode())
    assert [(row["line"], row["nps"]) for row in rows_of(source(tmp_path / "a.csv"))] == [
        (3, 3),
        (5, 4),
        (7, 5),
    ]


def test_one_column_of_comments_keeps_its_commas(tmp_path):
    (tmp_path / "a.csv").write_text("commentaire\nBien, merci\nNul, vraiment\nOui, bof, bof\nRAS\n", "utf-8")
    assert [row["text"] for row in rows_of(source(tmp_path / "a.csv"))] == [
        "Bien, merci",
        "Nul, vraiment",
        "Oui, bof, bof",
        "RAS",
    ]


def test_a_few_bytes_of_another_encoding_do_not_spoil_the_rest(tmp_path):
    good = "".join(f"{i};déjà réglé, très bien reçu;5\n" for i in range(20)).encode()
    (tmp_path / "a.csv").write_bytes(b"ref;avis;nps\n" + good + "20;déçu;1\n".encode("cp1252"))
    reading = source(tmp_path / "a.csv")
    assert {row["text"] for row in rows_of(reading)} == {"déjà réglé, très bien reçu", "déçu"}
    assert "1252" in reading.notes[0]


def test_a_file_that_vanishes_while_it_is_read_is_told(tmp_path):
    (tmp_path / "a.csv").write_text(as_csv(), "utf-8")
    reading = source(tmp_path / "a.csv")
    (tmp_path / "a.csv").unlink()
    with pytest.raises(BadSource, match="vanished"):
        list(reading.batches())
