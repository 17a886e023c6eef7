"""Laws: every row of a file is in the rows or among the refused, by its line; nothing but a PortevoixError ever comes out."""

import csv
import io
import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from portevoix.collect import delimited
from portevoix.collect.clean import clean
from portevoix.collect.files import source
from portevoix.collect.naming import is_known
from portevoix.collect.reading import Refused
from portevoix.errors import PortevoixError

_QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_ODD = st.sampled_from(
    [
        '"',
        "'",
        ";",
        ",",
        "\t",
        "|",
        "\n",
        "\r\n",
        "\r",
        "\x00",
        "\ufeff",
        "\u202e",
        "é",
        "€",
        "’",
        "=1+1",
        "<b>",
        " ",
        "\u2028",
        "\x0b",
        "\x85",
        "😀",
        "\\",
    ]
)
_CELL = st.lists(st.text(st.characters(codec="utf-8"), max_size=6) | _ODD, max_size=5).map("".join)


def read(data, name="f.csv", **options):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(data)
        reading = source(file, **options)
        return reading, list(reading.batches())


def lines_of(batches):
    kept = [line for batch in batches for line in batch.rows["line"].to_pylist()]
    refused = [r.line for batch in batches for r in batch.refused if r.column is None]
    return kept, refused


@given(
    rows=st.lists(st.tuples(_CELL, _CELL, st.integers(0, 10)), min_size=1, max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@_QUICK
def test_what_a_csv_writer_wrote_comes_back(rows, delimiter, encoding):
    # the apostrophe that keeps a spreadsheet from running a cell is taken off: see test_formats
    assume(not any(cell.startswith("'") for row in rows for cell in row[:2]))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["id client", "verbatim", "nps"])
    writer.writerows(rows)
    data = out.getvalue().encode(encoding)

    def open_text():
        return io.TextIOWrapper(io.BytesIO(data), encoding, newline="")

    grid = delimited.grid(open_text, "f.csv", is_known)
    assert [list(cells) for _, cells in grid.records()] == [[a, b, str(n)] for a, b, n in rows]


@given(
    rows=st.lists(
        st.lists(st.text("abé 1\n\"';", max_size=8), min_size=1, max_size=6), min_size=1, max_size=15
    ),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
@_QUICK
def test_ragged_rows_are_set_aside_by_their_line_and_none_is_lost(rows, encoding):
    good = [["1", "un commentaire correct", "9"], ["2", "un autre commentaire", "3"]] * len(rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(["ref", "verbatim", "nps"])
    begins = []
    for row in [*good, *rows]:
        begins.append(out.getvalue().count("\n") + 1)
        writer.writerow(row)
    assume(all(any(cell.strip() for cell in row) for row in rows))  # a row of blanks is no row
    _, batches = read(out.getvalue().encode(encoding), mapping={"text": "verbatim", "nps": "nps"})
    kept, refused = lines_of(batches)
    assert sorted({*kept, *refused} & set(begins)) == begins
    assert len(kept) == len(set(kept))
    assert not set(kept) & set(refused)
    wide = [
        line
        for line, row in zip(begins, [*good, *rows], strict=True)
        if len(row) == 3 and (row[1].strip() or row[2].strip() in map(str, range(11)))
    ]
    assert set(wide) <= {*kept}


@given(
    data=st.binary(max_size=400) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "surrogatepass")),
    name=st.sampled_from(["f.csv", "f.json", "f.xlsx", "f.parquet", "f"]),
)
@_QUICK
def test_any_bytes_give_rows_or_a_clear_error(data, name):
    try:
        read(data, name)
    except PortevoixError:
        return


@given(
    st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        min_size=1,
        max_size=8,
    )
)
@_QUICK
def test_any_json_lines_give_each_line_a_place(values):
    lines = [json.dumps({"text": "un vrai commentaire écrit", "v": value}) for value in values] + [
        json.dumps(value) for value in values
    ]
    try:
        _, batches = read("\n".join(lines).encode(), "f.jsonl", mapping={"text": "text", "v": "v"})
    except PortevoixError:
        return  # no column called v
    kept, refused = lines_of(batches)
    assert sorted(kept + refused) == list(range(1, len(lines) + 1))


@given(st.text(st.characters(exclude_characters="\n\r"), max_size=60), st.integers(2, 30))
@_QUICK
def test_a_quotation_mark_that_never_closes_costs_its_own_line_only(words, after):
    assume('"' not in words and ";" not in words)
    rows = [f"{i};tout va très bien;{i % 11}" for i in range(after)]
    text = "\n".join(["ref;verbatim;nps", "a;avant le problème;5", f'b;"{words};4', *rows]) + "\n"
    _, batches = read(text.encode("utf-8", "surrogatepass"), mapping={"text": "verbatim"})
    kept, refused = lines_of(batches)
    assert refused == [3]
    assert kept == [2, *range(4, 4 + after)]


def test_a_stray_quotation_mark_that_meets_another_costs_two_lines_at_most():
    text = (
        "ref;verbatim;nps\n"
        + "".join(f"{i};ligne correcte {i};5\n" for i in range(5))
        + '5;"ouvert;5\n6;bon;6\n7;autre" fin;7\n'
        + "8;fin correcte;8\n"
    )
    _, batches = read(text.encode(), mapping={"text": "verbatim"})
    kept, refused = lines_of(batches)
    assert sorted(kept + refused) == list(range(2, 11))
    assert 10 in kept
    assert 8 in kept


def test_formulas_scripts_and_invisible_marks_are_kept_as_harmless_text():
    text = "verbatim;nps\n=cmd|' /C calc'!A0;3\n<script>alert(1)</script>Bonjour;4\n\u202eretourné\u202c\x00;5\n@SUM(A1);6\n"
    _, batches = read(text.encode())
    assert batches[0].rows["text"].to_pylist() == [
        "=cmd|' /C calc'!A0",
        "Bonjour",
        "retourné",
        "[handle](A1)",
    ]


@given(st.lists(_CELL, min_size=1, max_size=5), st.sampled_from(["verbatims", "customers", "cases"]))
@_QUICK
def test_no_header_breaks_the_reading(header, kind):
    assume(any(name.strip("\ufeff") for name in header))  # a mark of order alone is a blank line
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([[f"valeur {i} de la colonne {j}" for j in range(len(header))] for i in range(3)])
    try:
        _, batches = read(out.getvalue().encode(), kind=kind)
    except PortevoixError:
        return
    kept, refused = lines_of(batches)
    assert len(kept) + len(refused) >= 3


def test_a_grid_without_any_full_row_still_gives_each_line_a_place():
    data = "a\nb;c\nd;e;f\n\ng;h;i;j\n"
    grid = delimited.grid(lambda: io.StringIO(data, newline=""), "f.csv", is_known)
    lines = [item.line if isinstance(item, Refused) else item[0] for item in grid.records()]
    assert set(lines) <= {1, 2, 3, 5}
    assert clean("") == ""
