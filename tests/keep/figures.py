"""Where the commands that measure put what they print: between two marks of docs/reliability.md."""

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def written(page: str, name: str, figures: str) -> str:
    """A page with what stands between the marks of that name replaced."""
    marks = (f"<!-- {name} -->\n", f"\n<!-- end of {name} -->")
    head, rest = page.split(marks[0])
    return head + marks[0] + figures + marks[1] + rest.split(marks[1])[1]
