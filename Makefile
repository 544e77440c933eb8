# Everything sets itself up: Python 3.11+ (with venv), make and a package index are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs# holds what running needs, and the checkout itself
READY := $(VENV)/.ready# holds the tests' programs too
WORKERS ?= 3# one more than cores: many tests wait for a process, a server or the disk
GATED := calendars scheduler.planning.delivery scheduler.planning.plan
# These hold the gated packages to the last branch; measuring takes time, so nothing else is measured.
MEASURED := tests/calendars tests/planning
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder# a file a worker, in order
SLOWEST := --durations 10 --durations-min 5# the long poles, told after each run
ZONEDATA := $(wildcard tests/zonedata/*.lock)# releases of pytz from before rules changed, for the tests
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

# Hundreds of tests start the program anew: kept compiled, it starts in a third less time; so do the tests themselves.
unexport PYTHONDONTWRITEBYTECODE

WORDS := $(patsubst %.po,%.mo,$(wildcard calendars/languages/*.po))# the catalogues, as the program reads them

.DEFAULT_GOAL := help
.PHONY: help words run desk serve test test-gated test-rest test-long check docs coverage screenshots days-table bench chaos lock wheel clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(RUNS): requirements-pdf.lock requirements-build.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements-pdf.lock -r requirements-build.lock
	$(PIP) --no-build-isolation -e .
	@touch $@

%.mo: %.po | $(RUNS)
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

$(READY): $(RUNS) requirements-dev.lock $(ZONEDATA) tests/js/package-lock.json | $(WORDS)
	$(PIP) --require-hashes -r requirements-dev.lock
	@rm -rf $(VENV)/zonedata
	@for lock in $(ZONEDATA:tests/zonedata/%.lock=%); do \
		$(PIP) --require-hashes -r tests/zonedata/$$lock.lock --target $(VENV)/zonedata/$$lock || exit 1; done
	@if command -v npm > /dev/null; then npm ci --prefix tests/js --silent --no-audit --no-fund --ignore-scripts || echo "without ical.js and date-holidays: npm ci failed"; fi
	@touch $@

run: $(RUNS) $(WORDS) ## the demo: a rehearsal of the shipped agenda, then its feeds, pages and mails in the browser
	$(BIN)/agenda demo

desk: $(RUNS) $(WORDS) ## the desk on this machine: edits config/, publishes into var/, sends nothing
	@mkdir -p var
	cd var && AGENDA_CONFIG=$${AGENDA_CONFIG:-../config} ../$(BIN)/agenda desk

serve: $(RUNS) $(WORDS) ## the service itself, with its files in var/
	@mkdir -p var
	cd var && AGENDA_CONFIG=$${AGENDA_CONFIG:-../config} ../$(BIN)/agenda serve

test: $(READY) ## the short suite, some ten minutes on two quiet cores
	@$(MAKE) --no-print-directory -j2 test-gated test-rest

test-gated: $(READY)# beside the rest: many of its tests wait, and these do nothing but reckon
	$(PYTEST) -n 1 $(SLOWEST) -m "not long" $(GATED:%=--cov=%) --cov-report= $(MEASURED)
	@$(BIN)/python -m coverage report --fail-under=100 --skip-covered

test-rest: $(READY)
	$(PYTEST) $(SLOWEST) -m "not long" $(MEASURED:%=--ignore=%) tests

test-long: $(READY) ## everything, before an issue is closed: browser plays, all sites and years, many examples
	HYPOTHESIS_PROFILE=long $(PYTEST) tests

check: $(READY) ## lint, types, who may import whom, and what nothing uses
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python -m tests.support.dead

docs: $(READY) ## write into docs/ what is taken from the code
	$(BIN)/python -m tests.support.state_table
	$(BIN)/python -m tests.support.key_table

coverage: $(READY) ## lines of the whole program that the short suite leaves out
	$(PYTEST) -m "not long" --cov --cov-report= tests
	@$(BIN)/python -m coverage report --skip-covered --show-missing

screenshots: $(READY) ## each kind of page at 360 and 1280 px, in screenshots/ (needs chromium)
	$(BIN)/python -m tests.browser.screenshots screenshots

bench: $(READY) ## the figures of bench/README.md, each beside a peer
	$(BIN)/python -m bench

chaos: $(READY) ## thousands of mails through a mail server that fails while workers are killed (docs/reliability.md)
	$(BIN)/python -m chaos $(CHAOS)

days-table: $(READY) ## the days off of every shipped site, in docs/days-off.md, for a ministry to review
	$(BIN)/python -m tests.support.days_table

words: $(READY) ## bring each catalogue in line with the texts in code and templates (docs/languages.md)
	$(BIN)/python -m tests.support.words

wheel: $(RUNS) $(WORDS) ## the wheel, in dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q
lock: ## renew the lock files (needs uv)
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --extra pdf -c requirements.lock -o requirements-pdf.lock
	$(LOCK) pyproject.toml --extra pdf --group dev -c requirements-pdf.lock -o requirements-dev.lock
	$(LOCK) --group build -c requirements-dev.lock -o requirements-build.lock

clean: ## remove what make made
	rm -rf $(VENV) dist screenshots tests/js/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
