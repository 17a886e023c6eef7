# make letter: the main job on the shipped example.  make test: all checks and tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help letter test kills audit check fix readme lock clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(VENV)/base: requirements/base.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) (once)…" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: requirements/dev.lock $(VENV)/base
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

letter: $(VENV)/base  ## the letter of the shipped example, on the terminal and in letter/letter.html
	@$(BIN)/portevoix letter examples/verbatims.csv --out letter

test: $(VENV)/dev  ## every check and every test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
	@$(BIN)/pytest -n auto --dist loadfile

kills: $(VENV)/dev  ## two thousand kills of running commands, and their figures in docs/reliability.md
	@$(BIN)/python -W ignore -m tests.keep.killing 2000 11 --workers 2 --write

audit: $(VENV)/dev  ## known weaknesses of the pinned dependencies; needs a network, and fails where nothing could be looked up
	@$(BIN)/python requirements/audit.py requirements/*.lock

check: $(VENV)/dev  ## the checks alone
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

fix: $(VENV)/dev  ## format, and repair what can be repaired
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

readme: $(VENV)/dev  ## paste what the commands print into the READMEs
	@$(BIN)/python -m tests.promises.paste_readme

lock: ## write the locks again from pyproject.toml (needs uv)
	requirements/lock.sh

clean:  ## remove the environment and what the example wrote
	rm -rf $(VENV) letter
