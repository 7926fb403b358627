# Two commands do everything, set-up included: `make handbook` and `make test`.
# A second run does no set-up again.

CITY ?= rotterdam
VENV := .venv
BIN := $(VENV)/bin
JS := tools/js

.PHONY: handbook test check lint bench audit schema clean help

handbook: $(VENV)/.ready ## build a city's handbook, site and PDF: make handbook CITY=genk
	@echo "Building the handbook of $(CITY) ..."
	@$(BIN)/handbook build $(CITY)

test: $(VENV)/.ready-for-tests lint ## run all tests
	@echo "Running the tests ..."
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(VENV)/.ready ## look for problems in all content
	@$(BIN)/handbook check

lint: $(VENV)/.ready-for-tests $(JS)/node_modules/.ready ## style and types of the code
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/mypy tools/audit/run.py
	@$(JS)/node_modules/.bin/eslint --config $(JS)/eslint.config.js theme/assets tools/audit
	@$(JS)/node_modules/.bin/tsc --project $(JS)

bench: $(VENV)/.ready-for-tests ## measure ours beside the stock way
	@$(BIN)/python bench/run.py

audit: $(VENV)/.ready-for-tests $(JS)/node_modules/.ready ## every page in a browser: accessibility, keyboard, privacy, valid HTML, speed; every PDF
	@tools/system-packages java
	@$(BIN)/python tools/audit/run.py

schema: $(VENV)/.ready ## make the JSON Schemas and the key-by-key guide from the model
	@$(BIN)/handbook schema

clean: ## remove what was made (not what is published in site/)
	@rm -rf build

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

$(VENV)/.ready: pyproject.toml tools/system-packages
	@echo "Setting up, once; this takes a minute or two ..."
	@tools/system-packages python printing
	@test -x $(BIN)/python || python3 -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.ready-for-tests: $(VENV)/.ready
	@echo "Setting up what tests need, once ..."
	@tools/system-packages browser
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(JS)/node_modules/.ready: $(JS)/package-lock.json $(JS)/.npmrc
	@tools/system-packages node
	@npm ci --prefix $(JS) --loglevel error >/dev/null
	@touch $@
