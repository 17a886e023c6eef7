"""Asks the network for known weaknesses of every pinned package: `python requirements/audit.py LOCK…`.

Exit 0: every package was looked up and none has a known weakness. 1: some have, they are listed. 2: some could not be looked up,
so that nothing is known of them; a machine without a network, or behind an index that tells no weaknesses, ends here.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_PATIENCE = 600


def judged(report: Mapping[str, Any]) -> tuple[list[str], int]:
    """What pip-audit's report (JSON) says, in lines, and the exit status; a package that it skipped is not clean."""
    packages = report.get("dependencies", [])
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    weak = [one for one in packages if one.get("vulns")]
    lines = [
        f"{one['name']} {one['version']}: {flaw['id']}; mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in weak
        for flaw in one["vulns"]
    ]
    looked = len(packages) - len(skipped)
    if weak:
        return [*lines, f"{len(weak)} of {looked} packages have known weaknesses."], 1
    if skipped or not packages:
        return [
            f"Not audited: {len(skipped)} of {len(packages)} packages could not be looked up from here."
        ], 2
    return [f"{looked} packages, no known weakness."], 0


def audited(lock: Path) -> tuple[list[str], int]:
    """The verdict on one lock file; the command itself says on stderr why it could not ask."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner",
        "off",
    ]
    try:
        done = subprocess.run(  # noqa: S603
            [*command, "--format", "json", "--requirement", str(lock)],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        return judged(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        why = f"no answer within {_PATIENCE} seconds"
    except ValueError:
        why = (done.stderr.strip().splitlines() or ["nothing was answered"])[-1].partition(":")[0]
    return [f"Not audited: the list of known weaknesses cannot be reached from here ({why})."], 2


def main(locks: Sequence[str]) -> int:
    """Prints a verdict a lock; the worst of their exit statuses, a weakness before a silence."""
    statuses = []
    for lock in locks:
        lines, status = audited(Path(lock))
        statuses.append(status)
        sys.stdout.write("".join(f"{lock}: {line}\n" for line in lines))
    return 1 if 1 in statuses else max(statuses, default=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
