"""Spark counts what DuckDB counts: every measure, on a simulated company, by a real Spark of this machine."""

import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portevoix import plugs
from portevoix.errors import PortevoixError
from portevoix.simulate.write import write
from portevoix.voice import Voice
from tests.conftest import lacking

_FROM_WORDS = ("answers", "journeys")
_CALLS = [
    *((name, "") for name in sorted(plugs.measures)),
    *[("nps", "city"), ("answers", "provider")],
]
Homes = dict[str, Path]
_SMALL = (
    "--driver-java-options -XX:TieredStopAtLevel=1 --conf spark.sql.codegen.wholeStage=false"
    " --conf spark.sql.codegen.factoryMode=NO_CODEGEN pyspark-shell"
)
"""Spark's own settings for tables so small that compiling a plan takes longer than running it."""


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """Two labelled homes of one company: with its customers and cases, and of its words alone."""
    folder = tmp_path_factory.mktemp("company")
    verbatims, customers, cases, _ = write(folder / "simulated", customers=300, days=30, seed=3)
    found = {}
    for name, more in (("books", [f"customers:{customers}", f"cases:{cases}"]), ("words", [])):
        with Voice(folder / name) as voice:
            voice.collect(verbatims, *more)
            voice.label()
        found[name] = folder / name
    return found


@pytest.fixture(scope="module")
def pairs(homes: Homes) -> Iterator[dict[str, tuple[Voice, Voice]]]:
    """Each home opened twice: by DuckDB and by Spark."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        lacking("default-jre-headless")
    pytest.importorskip("pyspark", reason="needs the extra: pip install 'portevoix[spark]'")
    os.environ["PYSPARK_SUBMIT_ARGS"] = _SMALL
    opened = {name: (Voice(home), Voice(home, engine="spark")) for name, home in homes.items()}
    del os.environ["PYSPARK_SUBMIT_ARGS"]
    yield opened
    for pair in opened.values():
        for voice in pair:
            voice.close()


def _said(voice: Voice, name: str, by: str) -> list[dict[str, Any]] | str:
    try:
        return [one.as_dict() for one in voice.measure(name, by=by)]
    except PortevoixError as error:
        return str(error)


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("home", "name", "by"),
    [*(("books", *call) for call in _CALLS), *(("words", name, "") for name in _FROM_WORDS)],
)
def test_spark_counts_what_duckdb_counts(
    pairs: dict[str, tuple[Voice, Voice]], home: str, name: str, by: str
):
    duckdb, spark = (_said(voice, name, by) for voice in pairs[home])
    assert isinstance(duckdb, list), duckdb
    assert isinstance(spark, list), spark
    assert len(duckdb) == len(spark)
    for one, other in zip(duckdb, spark, strict=True):
        unlike = {key: (one[key], other[key]) for key in one if not _alike(one[key], other[key])}
        assert not unlike, (one["name"], one["where"], unlike)


def _measured(home: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portevoix", "measure", "nps", "--home", str(home), *options],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=600,
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_spark_starts_and_counts_without_a_word_on_stderr(pairs: object, homes: Homes):
    by_spark = _measured(homes["books"], "--json", "--engine", "spark")
    assert by_spark.returncode == 0
    assert by_spark.stdout == _measured(homes["books"], "--json").stdout
    assert by_spark.stderr == ""


def test_without_java_the_refusal_names_what_to_install(homes: Homes):
    pytest.importorskip("pyspark", reason="needs the extra: pip install 'portevoix[spark]'")
    refused = _measured(homes["books"], "--engine", "spark", PATH="/nonexistent", JAVA_HOME="")
    assert refused.returncode == 1
    assert "default-jre-headless" in refused.stderr


def test_without_pyspark_the_refusal_names_the_extra(tmp_path: Path, homes: Homes):
    (tmp_path / "pyspark.py").write_text("raise ImportError", "utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    refused = _measured(homes["books"], "--engine", "spark", PYTHONPATH=path)
    assert refused.returncode == 1
    assert "portevoix[spark]" in refused.stderr


def test_an_engine_that_nobody_knows_is_wrong_use(homes: Homes):
    refused = _measured(homes["books"], "--engine", "polars")
    assert refused.returncode == 2
    assert "spark://HOST:PORT" in refused.stderr
