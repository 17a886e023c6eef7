import csv
import gzip
import itertools
import json
import re
import subprocess
import sys
import time

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.collect.scrub import scrub, traced
from portevoix.collect.table import table as read_table
from portevoix.errors import BadSource, PortevoixError, WrongUse
from portevoix.label.sheet import COMMENT, MENTION, own_names
from portevoix.labelling import label_file

MARK = re.compile(r"\[(?:email|link|handle|ip|iban|card|nir|siret|phone|number|plate|address|name)\]")
SAID = [
    "Très satisfait du service, mais les prix augmentent chaque année.",
    "",
    "Injoignable au 06 12 34 56 78 depuis lundi, personne ne répond.",
    "=1+1 nul, trop cher",
    "The staff was friendly &amp; quick, <b>great</b> service",
    "👍👍",
    "我非常喜欢这个产品，谢谢你们的服务。",
    "   Les délais sont longs !   ",
    "long " * 200_000,
    "@personne ne répond, écrire à lea.martin@example.org ne sert à rien",
    "null",
    "Merci Mme Durand pour votre accueil chaleureux\r\nà bientôt",
]
FORMULAS = tuple("=+-@\t\r\n＝＋－＠")


def source(folder, kind, texts=SAID):
    """The same comments in any format that is read."""
    path = folder / f"avis.{kind}"
    rows = [{"id": f"a{n}", "text": text, "stars": str(1 + n % 5)} for n, text in enumerate(texts)]
    if kind in ("csv", "csv.gz", "tsv"):
        with (gzip.open if kind.endswith("gz") else open)(path, "wt", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, ["id", "text", "stars"], delimiter="\t" if kind == "tsv" else ",", quoting=csv.QUOTE_ALL
            )
            writer.writeheader()
            writer.writerows(rows)
    elif kind == "json":
        path.write_text(json.dumps(rows), "utf-8")
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        book = openpyxl.Workbook()
        book.active.append(["id", "text", "stars"])
        for row in rows:
            book.active.append([row["id"], row["text"][:32_000].replace("\r", ""), row["stars"]])
            cell = book.active.cell(book.active.max_row, 2)
            cell.data_type = "s" if cell.value else cell.data_type
        book.save(path)
    return path


def lines(path):
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file.read().split("\n")[:-1]]


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "tsv", "json", "jsonl", "parquet", "xlsx"])
def test_any_format_gives_one_row_for_each_comment_in_order(kind, tmp_path, labeller):
    path = source(tmp_path, kind)
    done = label_file(path, tmp_path / "out.jsonl", labeller=labeller)
    rows = lines(tmp_path / "out.jsonl")
    assert [row["id"] for row in rows] == [f"a{n}" for n in range(len(SAID))]
    assert done.rows == len(SAID)
    assert all(tuple(row) == COMMENT for row in rows)
    assert [row["lang"] for row in rows[:2]] == ["fr", "other"]
    for row, text in zip(rows, SAID, strict=True):
        given = text[:32_000].replace("\r", "") if kind == "xlsx" else text
        assert all(given[m["start"] : m["stop"]] == m["evidence"] for m in row["mentions"])
        assert row["redacted"] == ("" if text == "null" else scrub(given))


def test_every_format_out_says_the_same(tmp_path, labeller):
    path = source(tmp_path, "csv")
    for kind in ("jsonl", "jsonl.gz", "csv", "csv.gz", "xlsx", "parquet"):
        label_file(path, tmp_path / f"out.{kind}", labeller=labeller)
    rows = lines(tmp_path / "out.jsonl")
    assert lines(tmp_path / "out.jsonl.gz") == rows
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == rows
    assert gzip.open(tmp_path / "out.csv.gz").read() == (tmp_path / "out.csv").read_bytes()
    csv.field_size_limit(1 << 24)
    with open(tmp_path / "out.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == ["source_id", "text", "stars", *COMMENT]
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    cells = list(sheet.iter_rows(values_only=True))
    assert list(cells[0]) == list(table[0])
    for row, told, seen in zip(rows, table, cells[1:], strict=True):
        assert json.loads(told["mentions"]) == row["mentions"] == json.loads(seen[6])
        assert (told["emotions"], told["lang"]) == (json.dumps(row["emotions"]), row["lang"])
        assert told["sentiment"] == ("" if row["sentiment"] is None else str(row["sentiment"]))
        assert seen[5] == row["sentiment"]
        assert seen[0] == told["source_id"] == row["id"]
        assert str(seen[2]) == told["stars"]


def test_no_cell_runs_as_a_formula(tmp_path, labeller):
    wild = [f"{sign}1+1 nul, trop cher" for sign in FORMULAS] + ["-5", "bien"]
    path = tmp_path / "avis.jsonl"
    path.write_text("".join(json.dumps({"=nom": text, "text": text}) + "\n" for text in wild))
    for kind in ("csv", "xlsx"):
        label_file(path, tmp_path / f"out.{kind}", labeller=labeller)
    with open(tmp_path / "out.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    text = [cell for row in rows for cell in row if not re.fullmatch(r"-?[\d.]+", cell)]
    assert not [cell for cell in text if cell.startswith(FORMULAS)]
    assert rows[len(FORMULAS) + 1][0] == "-5", "a number is no formula"
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds
    assert book.active.cell(2, 2).value == wild[0], "a spreadsheet shows the words as given"
    assert book.active.cell(2, 2).quotePrefix


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "xlsx"])
def test_words_that_were_kept_from_running_come_back_as_they_were(tmp_path, labeller, kind):
    wild = [f"{before}{sign}1+1 nul, trop cher" for sign in FORMULAS for before in ("", "'", "''")]
    wild += ["l'eau", "'tis nothing", "-5", "''"]
    source = tmp_path / "avis.jsonl"
    source.write_text(
        "".join(json.dumps({"own": str(n), "text": text}) + "\n" for n, text in enumerate(wild))
    )
    read = [row.text for row in read_table(source).rows()]
    label_file(source, tmp_path / f"out.{kind}", labeller=labeller)
    label_file(tmp_path / f"out.{kind}", tmp_path / f"again.{kind}", labeller=labeller)
    for name in ("out", "again"):
        back = read_table(tmp_path / f"{name}.{kind}", {"text": "text"})
        assert [plain(row.text) for row in back.rows()] == [plain(text) for text in read]


def plain(text: str) -> str:
    """Without what any spreadsheet's reader makes of line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def test_a_column_of_the_source_that_clashes_is_renamed_and_no_other():
    assert own_names(["id", "text", "lang", "Problem"], COMMENT) == [
        "source_id",
        "text",
        "source_lang",
        "Problem",
    ]
    assert own_names(["id", "source_id"], COMMENT) == ["source_source_id", "source_id"]
    assert own_names(["lang", "start"], MENTION) == ["lang", "source_start"]


def test_mentions_are_rows_that_point_into_the_given_words(tmp_path, labeller):
    path = source(tmp_path, "csv")
    label_file(path, tmp_path / "all.jsonl", labeller=labeller)
    label_file(path, tmp_path / "m.csv", mentions=True, labeller=labeller)
    label_file(path, tmp_path / "m.jsonl", mentions=True, labeller=labeller)
    wanted = [{"id": row["id"], **m} for row in lines(tmp_path / "all.jsonl") for m in row["mentions"]]
    assert lines(tmp_path / "m.jsonl") == wanted
    with open(tmp_path / "m.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["source_id", "text", "stars", *MENTION]
    assert [(row["id"], row["theme"], int(row["start"])) for row in rows] == [
        (m["id"], m["theme"], m["start"]) for m in wanted
    ]
    for row in rows:
        assert row["text"].removeprefix("'")[int(row["start"]) - 0 : int(row["stop"])] == row["evidence"]


def test_rows_that_cannot_be_cut_stay_in_their_place_without_labels(tmp_path, labeller):
    path = tmp_path / "avis.csv"
    path.write_text(
        "id,text,stars\n1,très cher,1\n2,trop, de, virgules,1\n3,rapide\n,,\n5,accueil parfait,5\n", "utf-8"
    )
    done = label_file(path, tmp_path / "out.csv", labeller=labeller)
    with open(tmp_path / "out.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row["lang"] for row in rows] == ["fr", "other", "other", "other", "fr"]
    assert "virgules" in rows[1]["stars"]
    assert rows[2]["text"] == "rapide"
    assert done.aside == 2
    path = tmp_path / "avis.jsonl"
    path.write_text(
        '{"text": "très cher"}\nnot json at all\n{"text": null}\n{"text": "accueil parfait"}\n', "utf-8"
    )
    label_file(path, tmp_path / "out.jsonl", labeller=labeller)
    rows = lines(tmp_path / "out.jsonl")
    assert [(row["id"], row["lang"], row["redacted"]) for row in rows] == [
        ("1", "fr", "très cher"), ("2", "other", None), ("3", "other", ""), ("4", "fr", "accueil parfait"),
    ]  # fmt: skip


def test_a_date_that_cannot_be_read_does_not_cost_the_labels(tmp_path, labeller):
    path = tmp_path / "avis.csv"
    dated = "".join(f"{n},2026-01-{n:02d},très cher\n" for n in range(1, 29))
    path.write_text(f"id,date,text\n{dated}99,hier soir,accueil parfait\n", "utf-8")
    label_file(path, tmp_path / "out.jsonl", labeller=labeller)
    last = lines(tmp_path / "out.jsonl")[-1]
    assert (last["id"], last["lang"], last["mentions"][0]["theme"]) == ("99", "fr", "advisor")


def test_a_file_of_emoji_or_of_nothing_is_labelled_when_its_column_is_named(tmp_path, labeller):
    (tmp_path / "avis.csv").write_text("id,text\n1,👍\n2,\n3,🙂\n", "utf-8")
    label_file(tmp_path / "avis.csv", tmp_path / "out.jsonl", labeller=labeller)
    assert [row["lang"] for row in lines(tmp_path / "out.jsonl")] == ["other"] * 3


def test_evidence_never_touches_personal_data_and_is_cut_from_the_given_words(tmp_path, labeller):
    secrets = [
        "06 12 34 56 78",
        "lea.martin@example.org",
        "Mme Durand",
        "FR76 3000 6000 0112 3456 7890 189",
        "12 rue de la Paix, 75002 Paris",
    ]
    frames = [
        "Injoignable au {}, service nul et cher",
        "{} est très accueillante, délais <i>trop</i> longs",
        "&eacute;coute parfaite de {} mais prix &gt; ailleurs",
    ]
    texts = [frame.format(secret) for frame, secret in itertools.product(frames, secrets)]
    label_file(source(tmp_path, "jsonl", texts), tmp_path / "out.jsonl", labeller=labeller)
    rows = lines(tmp_path / "out.jsonl")
    assert sum(len(row["mentions"]) for row in rows) > len(texts)
    for row, text in zip(rows, texts, strict=True):
        redacted, starts, stops = traced(text)
        hidden = {
            c for m in MARK.finditer(redacted) for i in range(*m.span()) for c in range(starts[i], stops[i])
        }
        for m in row["mentions"]:
            assert text[m["start"] : m["stop"]] == m["evidence"]
            assert not hidden & set(range(m["start"], m["stop"]))


PERSONAL = st.sampled_from(["06 12 34 56 78", "a@b.fr", "Mme Durand", "<b>", "&amp;", "&#8364;", "<!-- x -->", "\u200b", "\r\n", "M. Le Goff", "@lea", "https://a.fr/b?c", "  "])  # fmt: skip
PIECES = st.lists(
    st.one_of(PERSONAL, st.text(max_size=8), st.sampled_from(["trop cher", "accueil parfait", " ", ", "])),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(PIECES, st.lists(st.sampled_from(["Durand", "Léa Martin", "de la Tour"]), max_size=2))
def test_tracing_scrubs_as_scrubbing_does_and_points_at_the_same_characters(pieces, names):
    text = "".join(pieces)
    redacted, starts, stops = traced(text, names)
    assert redacted == scrub(text, names)
    assert len(redacted) == len(starts) == len(stops)
    assert starts == sorted(starts)
    assert stops == sorted(stops)
    assert all(0 <= a <= b <= len(text) for a, b in zip(starts, stops, strict=True))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.text(max_size=60), PIECES.map("".join)), min_size=1, max_size=8))
def test_hostile_words_come_out_one_row_each_in_every_format(tmp_path_factory, labeller, texts):
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "avis.jsonl"
    path.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)))
    for kind in ("jsonl", "csv.gz", "xlsx", "parquet"):
        label_file(path, folder / f"out.{kind}", mapping={"text": "text", "id": "id"}, labeller=labeller)
    rows = lines(folder / "out.jsonl")
    assert [row["id"] for row in rows] == [str(n) for n in range(len(texts))]
    for row, text in zip(rows, texts, strict=True):
        assert all(text[m["start"] : m["stop"]] == m["evidence"] for m in row["mentions"])
    assert pq.read_table(folder / "out.parquet").num_rows == len(texts)
    assert openpyxl.load_workbook(folder / "out.xlsx").active.max_row == len(texts) + 1
    with gzip.open(folder / "out.csv.gz", "rt", encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == len(texts) + 1


def many(folder, n):
    path = folder / "avis.jsonl"
    path.write_text(
        "".join(json.dumps({"id": i, "text": f"Dossier {i}: {SAID[i % 4]}"}) + "\n" for i in range(n)),
        "utf-8",
    )
    return path


class Stopped(RuntimeError):
    pass


@pytest.mark.parametrize("kind", ["jsonl", "csv", "jsonl.gz", "csv.gz", "xlsx", "parquet"])
def test_a_run_that_was_stopped_is_continued_to_the_same_bytes(kind, tmp_path, labeller):
    path = many(tmp_path, 2_100)
    label_file(path, tmp_path / f"whole.{kind}", labeller=labeller)
    out = tmp_path / f"out.{kind}"

    class Breaks:
        name, model, read_rows = labeller.name, labeller.model, 0

        def read(self, ids, texts):
            self.read_rows += len(ids)
            if self.read_rows > 1_000:
                raise Stopped
            return labeller.read(ids, texts)

    with pytest.raises(Stopped):
        label_file(path, out, labeller=Breaks())
    part = tmp_path / f"out.{kind}.part"
    assert not out.exists()
    with part.open("ab") as file:
        file.write(b"half a row that a kill left")
    done = label_file(path, out, labeller=labeller)
    assert done.before == (1_000 if "jsonl" in kind or "csv" in kind else 0)
    assert done.rows == 2_100
    assert out.read_bytes() == (tmp_path / f"whole.{kind}").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["avis.jsonl", f"out.{kind}", f"whole.{kind}"]


def test_another_input_is_not_continued(tmp_path, labeller):
    out = tmp_path / "out.jsonl"
    path = many(tmp_path, 10)
    (tmp_path / "out.jsonl.part").write_text("{}\n")
    (tmp_path / "out.jsonl.part.json").write_text(
        json.dumps({"input": "x", "by": [], "mentions": False, "rows": 1, "bytes": 3})
    )
    done = label_file(path, out, labeller=labeller)
    assert (done.before, len(lines(out))) == (0, 10)


@pytest.mark.slow
def test_a_run_killed_at_any_moment_ends_in_the_same_bytes_as_one_that_was_not(tmp_path):
    path = many(tmp_path, 12_000)
    command = [sys.executable, "-m", "portevoix", "label", str(path), "-o"]
    subprocess.run([*command, str(tmp_path / "whole.jsonl")], check=True, capture_output=True)
    mark = tmp_path / "out.jsonl.part.json"
    for _ in range(2):
        run = subprocess.Popen([*command, str(tmp_path / "out.jsonl")], stderr=subprocess.DEVNULL)
        seen = mark.read_text() if mark.exists() else ""
        while run.poll() is None and (not mark.exists() or mark.read_text() == seen):
            time.sleep(0.01)
        run.kill()
        run.wait()
        assert mark.exists()
    told = subprocess.run([*command, str(tmp_path / "out.jsonl")], check=True, capture_output=True, text=True)
    assert "by an earlier run" in told.stderr
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_several_processes_write_what_one_writes(tmp_path, labeller):
    path = many(tmp_path, 4_100)
    label_file(path, tmp_path / "crew.jsonl")
    label_file(path, tmp_path / "alone.jsonl", labeller=labeller)
    assert (tmp_path / "crew.jsonl").read_bytes() == (tmp_path / "alone.jsonl").read_bytes()


def test_what_cannot_be_done_is_said_in_a_sentence_and_leaves_nothing(tmp_path, labeller):
    path = source(tmp_path, "csv")
    for out, error in [
        ("out.docx", WrongUse),
        ("out", WrongUse),
        ("avis.csv", WrongUse),
        ("no/such/folder.csv", WrongUse),
    ]:
        with pytest.raises(error, match=r"\.$") as told:
            label_file(path, tmp_path / out, labeller=labeller)
        assert "Très" not in str(told.value)
    with pytest.raises(BadSource, match="no file"):
        label_file(tmp_path / "nothing.csv", tmp_path / "out.csv", labeller=labeller)
    with pytest.raises(PortevoixError, match="column"):
        label_file(path, tmp_path / "out.csv", mapping={"text": "nope"}, labeller=labeller)
    assert [p.name for p in tmp_path.iterdir()] == ["avis.csv"]


def test_the_command_opens_no_home_and_writes_json_lines_on_stdout(tmp_path):
    path = source(tmp_path, "csv", SAID[:8])
    run = subprocess.run(
        [sys.executable, "-m", "portevoix", "label", str(path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)["id"] for line in run.stdout.splitlines()] == [f"a{n}" for n in range(8)]
    assert [p.name for p in tmp_path.iterdir()] == ["avis.csv"]
    assert "Durand" not in run.stderr
