# make run    start the watch (SQLite, no server needed)     make test   every test
# make check  lint, types, architecture                      make demo   the whole way before your eyes
# make receivers  a mail server, a chat and a news site on this machine, for a first alert
# make eval   how well the labelled texts are read           make bench  how fast, as ratios
# make soak   properties on examples never tried before; the watch killed again and again: what was lost, sent twice or held
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
ARGS ?=

.PHONY: run demo receivers test check bench eval soak lock clean help

help:
	@sed -n '/^PYTHON/q; s/^# //p' Makefile

# What the program needs, with hashes; then the checkout itself, editable.
$(VENV)/.run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# What the tests and checks need on top.
$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.run
	@$(BIN)/aseanwatch run $(ARGS)

demo: $(VENV)/.dev
	@$(BIN)/python tests/support/demo.py $(ARGS)

receivers: $(VENV)/.dev
	@$(BIN)/python tests/support/mailroom.py $(ARGS)

test: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(VENV)/.dev
	@$(BIN)/python tests/eval/figures.py $(ARGS)

bench: $(VENV)/.dev
	@$(BIN)/python tests/bench/run.py $(ARGS)

soak: $(VENV)/.dev
	@$(BIN)/python -m pytest -q --hypothesis-profile=explore tests/property
	@$(BIN)/python tests/support/killloop.py $(ARGS)

# Anew from pyproject.toml; needs uv. No address of a registry is recorded.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group build pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
