#!/bin/sh
# Writes the two locks from pyproject.toml; no index address goes into them.
set -eu
cd "$(dirname "$0")/.."
compile() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "requirements/lock.sh" "$@"; }
compile --all-extras --group dev pyproject.toml -o requirements/dev.lock
compile pyproject.toml --group build -c requirements/dev.lock -o requirements/base.lock
