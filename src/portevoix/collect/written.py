"""What no person wrote: bytes that are no text, and programs. Neither is a table of words, whatever commas cut it into."""

import re
from collections.abc import Sequence

from portevoix.errors import BadSource

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1e\x7f]")
_SHARE = 0.02
"""Of the characters: a stray control happens in real exports, one in fifty does not."""
_CODE = re.compile(
    r"""\s*(?:\#!|\#include\b|//|/\*|\*/|(?:from\s+[\w.]+\s+)?import\s+[\w.{*(]|(?:async\s+)?def\s+\w+\(|class\s+\w+.*:$|(?:return|raise|yield|await|elif)\b
    |(?:if|for|while|with|try|else|except)\b.*:$|(?:function|const|let|var|public|private|static|using|namespace|package)\s+\w
    |[\w.\[\]]+\s*(?:[-+*/|&]?=|:=)\s*\S|[\w.]+\(.*\)?\s*[;{(,]?$|@\w+(?:\(.*\))?$|[\[\](){}]+[;,:]?$|.*[;{]$|</?[a-zA-Z!?][^>]*>)""",
    re.VERBOSE,
)
_MOST_CODE = 0.2
"""Of the lines: real comments have fewer than one in thirty of that form, programs a third and more."""
_FEWEST = 8


def refuse_bytes(start: str, name: str) -> None:
    """Raises BadSource where the beginning of a file, read as text, has more controls than any text.

    Asked only of files none of whose columns has a known name.
    """
    if len(_CONTROLS.findall(start)) > _SHARE * len(start):
        raise BadSource(
            f"{name} is no text and no table that is known: export it as CSV, XLSX, JSON or Parquet."
        )


def refuse_code(lines: Sequence[str], name: str) -> None:
    """Raises BadSource where one line in five is that of a program or of a web page.

    Asked only of files none of whose columns has a known name.
    """
    written = [line for line in lines if line.strip()]
    code = sum(1 for line in written if _CODE.match(line))
    if len(written) >= _FEWEST and code >= _MOST_CODE * len(written):
        raise BadSource(
            f"{name} reads like a program or a web page, not like a table of words: name an export, with a header that names its columns."
        )
