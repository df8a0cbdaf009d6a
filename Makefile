# Needs GNU make and Python 3.11 or later, nothing else. `make help` lists what there is.

PORT ?= 8501
PYTHON ?= python3
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder

VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
LOCK = uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

CODE = dashboard tests tools benchmarks

# Of another Python the environment is made anew: at once if that is named, else with the next change of the lock.
WHICH = -c 'import sys; print(sys.version, sys.base_prefix)'
ifneq ($(shell $(PYTHON) $(WHICH) 2>/dev/null),$(shell $(BIN)/python $(WHICH) 2>/dev/null))
ANEW = --clear
ifneq ($(origin PYTHON),file)
$(VENV)/.ready: anew
endif
endif

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast screenshot lint format types imports lock assets bench evaluate clean anew
.DELETE_ON_ERROR:

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

setup: $(VENV)/.ready ## Make the environment in .venv from the hashed lock: make setup PYTHON=python3.13

run: $(VENV)/.ready ## Show the sample project: make run PORT=8501
	@echo "Starting http://127.0.0.1:$(PORT)"
	@$(BIN)/conflictmap --data data run --port $(PORT)

test: $(VENV)/.ready-dev ## Run every test, those in a browser included; PYTHON=… makes the environment of another
	@CONFLICTMAP_CHROMIUM=$$(.ci/chromium $(BIN)/python) && export CONFLICTMAP_CHROMIUM && \
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-fast: $(VENV)/.ready-dev ## Run the tests that need no browser and no Spark and take little time: a minute or two
	@$(BIN)/python -m pytest $(PYTEST_ARGS) -m "not browser and not slow"

screenshot: $(VENV)/.ready-dev ## Take the README's picture again
	@CONFLICTMAP_CHROMIUM=$$(.ci/chromium $(BIN)/python) CONFLICTMAP_SCREENSHOT=$(CURDIR)/docs/explore.png \
	$(BIN)/python -m pytest -q tests/browser/test_explore.py -k picture

lint: $(VENV)/.ready-dev ## Check style and form
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

format: $(VENV)/.ready-dev ## Mend what lint can mend
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

types: $(VENV)/.ready-dev ## Check the types
	$(BIN)/mypy

imports: $(VENV)/.ready-dev ## Check who imports whom
	$(BIN)/lint-imports

bench: $(VENV)/.ready-dev ## Measure ours beside what one would write oneself, into benchmarks/latest.md
	@CONFLICTMAP_CHROMIUM=$$(.ci/chromium $(BIN)/python) && export CONFLICTMAP_CHROMIUM && $(BIN)/python benchmarks/run.py $(ONLY)

evaluate: $(VENV)/.ready-dev ## Measure against marked texts: make evaluate GOLD="FILE FOLDER" NER=no
	@$(BIN)/python -m tools.evaluate $(if $(filter no,$(NER)),--no-ner) $(GOLD)

assets: $(VENV)/.ready-dev ## Build gazetteer and base map again from their pinned sources (needs npm)
	$(BIN)/python -m tools.build_assets

lock: ## Resolve the dependencies again (needs uv); add UPGRADE=--upgrade for newer versions
	$(LOCK) $(UPGRADE) --extra ner --group editable --output-file requirements.lock
	$(LOCK) $(UPGRADE) --all-extras --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## Remove the environment and what the tools left behind
	rm -rf .venv .venv-other dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find dashboard tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The locks carry a hash for every file, so what is installed is what was tested.
$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "\
	Python 3.11 or later is needed; $(PYTHON) is older or missing. Name another: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "\
	Python's venv module is missing. Debian and Ubuntu have it in a package: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(ANEW) $(VENV)
	$(PIP) install --quiet --require-hashes --requirement requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(PIP) install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@
