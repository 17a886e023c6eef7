"""The report of an evaluation, for people to read."""

from collections.abc import Mapping
from typing import Any


def lines(report: Mapping[str, Any], words: bool) -> list[str]:
    """A report for people to read; comments' words only where they are asked for."""
    told = [f"{report['comments']} comments, read by people and by {report['model']}; intervals at 95 %", ""]
    told.append(
        f"{'head':<26} {'figure':<9} {'value':>6}  {'between':<13} {'precision':>9} {'recall':>7} {'n':>7}"
    )
    for row in report["heads"]:
        told.append(
            f"{row['head']:<26} {row['measure']:<9} {_two(row['value'])}  {_range(row):<13} "
            f"{_two(row.get('precision')):>9} {_two(row.get('recall')):>7} {row['n']:>7}"
        )
    if report["themes"]:
        told += ["", f"{'theme':<26} {'F1':>6}  {'between':<13} {'precision':<19} {'recall':<19} {'n':>5}"]
    for row in report["themes"]:
        cells = [f"{_two(row[k])} {_range(row, k + '_')}" for k in ("precision", "recall")]
        told.append(
            f"{row['theme'][:26]:<26} {_two(row['value'])}  {_range(row):<13} {cells[0]:<19} {cells[1]:<19} {row['n']:>5}"
        )
    if sentiment := report["confusion"].get("sentiment"):
        told += ["", f"sentiment: read ↓ said → {'':<2}" + "".join(f"{name:>10}" for name in sentiment)]
        told += [f"{name:<26}" + "".join(f"{n:>10}" for n in row.values()) for name, row in sentiment.items()]
    told += [
        "",
        "calibration (gap between confidence and share right): "
        + " · ".join(f"{c['head']} {c['ece']:.3f}" for c in report["calibration"]),
    ]
    share = report["coverage"]
    told.append(
        f"coverage: {100 * (share['with_a_theme'] or 0):.0f} % have a theme, {100 * share['other_language']:.1f} % are in another language"
    )
    if report["unknown_themes"]:
        told.append(f"themes that {report['model']} does not know: {', '.join(report['unknown_themes'])}")
    if report["worst"]:
        told += ["", "the worst errors:"]
    for row in report["worst"]:
        told.append(
            f"  {row['id']}: said {', '.join(row['said']) or 'nothing'}; missed {', '.join(row['missed']) or 'nothing'}"
        )
        if words:
            told.append(f"      {' '.join(row['text'].split())[:300]}")
    return told


def _two(value: float | None) -> str:
    return "     –" if value is None else f"{value:6.3f}"


def _range(row: Mapping[str, Any], name: str = "") -> str:
    low, high = row[f"{name}low"], row[f"{name}high"]
    return "–" if low is None or high is None else f"{low:.3f}–{high:.3f}"
