# Every target works from a fresh clone with python3 (3.11 or newer), make and the package index.

PY ?= python3
PORT ?= 8000
V := .venv
BIN := $(V)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

.PHONY: help run test lint format bench lock demo clean
.DEFAULT_GOAL := help

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(V)/run.stamp  ## the site and its worker on 127.0.0.1:$PORT (default 8000), demo content on first start
	@PORT=$(PORT) $(BIN)/python manage.py serve

test: $(V)/dev.stamp lint  ## linters, then the suite on SQLite and on PostgreSQL, then the browser tests
	@$(BIN)/python -m tests.run

lint: $(V)/dev.stamp  ## code, templates, types, settings and known holes in dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/mypy
	@$(BIN)/python -m tests.audit

format: $(V)/dev.stamp  ## let ruff rewrite the Python files
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(V)/run.stamp  ## everything that is measured, one run; the figures go to bench/results.md too
	@$(BIN)/python -m bench

lock: $(V)/dev.stamp  ## write requirements.txt and requirements-dev.txt anew: hashes, no addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --extra s3 pyproject.toml -c requirements.txt -o requirements-s3.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --group dev pyproject.toml -c requirements.txt -o requirements-dev.txt

demo: $(V)/run.stamp  ## load the demo stories into the configured database (again changes nothing)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo

clean:  ## remove the virtual environment and everything under var/, the local database included
	rm -rf $(V) var .pytest_cache .ruff_cache .mypy_cache .hypothesis

$(BIN)/python:
	@$(PY) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PY) -m venv $(V)

$(V)/run.stamp: requirements.txt | $(BIN)/python
	$(INSTALL) -r requirements.txt
	@touch $@

$(V)/dev.stamp: requirements-dev.txt $(V)/run.stamp
	$(INSTALL) -r requirements-dev.txt
	@touch $@
