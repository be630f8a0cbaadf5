# `make` lists the targets. PORT, VAR, DATABASE_URL and the other settings: config.py.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard portal/translations/*/LC_MESSAGES/*.po))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench assets translations migration lock clean

help: ## List these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1 \t/' | expand -t 24

# Nothing falls back to the database that comes along: it is named. It holds the demo.
run migration: export DATABASE_URL := $(or $(DATABASE_URL),embedded)
run migration: export DEMO ?= $(if $(filter embedded,$(DATABASE_URL)),1,0)
run: $(VENV)/installed $(CATALOGUES) ## Run the portal at http://127.0.0.1:8000, with demo data
	@$(BIN)/python -m portal.serve

test: $(VENV)/installed-dev $(CATALOGUES) ## Run every test, on real PostgreSQL and Chromium
	@tools/need chromium poppler-utils nginx postgresql
	$(BIN)/python -m pytest -n 2 --maxschedchunk 4

check: $(VENV)/installed-dev $(CATALOGUES) ## Lint, types, import contracts, translations, migrations, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tools.translations check
	$(BIN)/python -m tools.check_migrations
	$(BIN)/python -m tools.check_docs
	$(BIN)/python -m tools.lock check

bench: $(VENV)/installed-dev $(CATALOGUES) ## Measure speed and size (docs/performance.md)
	$(BIN)/python -m bench

assets: ## Build static/dist from its sources; needs npm
	npm install --no-audit --no-fund --no-package-lock && npm run build

translations: $(VENV)/installed-dev ## Bring the catalogues up to date with code and templates
	$(BIN)/python -m tools.translations update

migration: $(VENV)/installed-dev ## Write a migration: make migration m="add a column"
	@$(BIN)/python -m flask --app wsgi migration "$(or $(m),$(error say what it does: make migration m="…"))"

lock: $(VENV)/installed-dev ## Pin what pyproject.toml asks for; upgrade=1 takes the newest of all
	$(BIN)/python -m tools.lock $(if $(upgrade),--upgrade)

clean: ## Remove what was installed and generated here; var/ with its data stays
	rm -rf $(VENV) $(CATALOGUES) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/bin/python:
	@PYTHON=$(PYTHON) tools/need python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

%.mo: %.po | $(VENV)/installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
