.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/sh

PORT ?= 8000
# What to hand to pytest, for example: make test ARGS="tests/core -k truth"
ARGS ?=

python := .venv/bin/python

# Without compiled code every start parses every package anew.
unexport PYTHONDONTWRITEBYTECODE
# The environment in .venv and nothing else.
unexport PYTHONPATH
unexport PYTHONHOME

# What the tests need from outside Python: a PostgreSQL, and a browser, which they are told of.
define with_services
sh .ci/setup postgres >/dev/null && \
SCREENING_CHROMIUM="$$(sh .ci/setup browser)" && export SCREENING_CHROMIUM &&
endef

.PHONY: help setup run test lint types floors packages rules pytest browser-tests bench durability messages format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## Make the Python environment in .venv (quick when it is there)
	@sh .ci/setup

run: setup ## Start with made-up data on http://127.0.0.1:8000 (PORT=9000 for another port)
	@chmod 0700 instance
	@.venv/bin/screening demo --port "$(PORT)"

test: setup ## Run every check and every test
	@$(MAKE) --no-print-directory --keep-going lint types floors packages rules pytest

lint: setup ## Check style and common mistakes
	$(python) -m ruff check .
	$(python) -m ruff format --check .

types: setup ## Check types
	$(python) -m mypy

floors: setup ## Check that imports go downwards only
	.venv/bin/lint-imports --no-logo --cache-dir .cache/import_linter

packages: setup ## Check that every import is declared and every dependency used
	$(python) -m deptry --no-ansi .

rules: setup ## Check the rulebook and run its cases
	.venv/bin/screening rules check
	.venv/bin/screening rules test

pytest: setup ## Run the tests alone (ARGS="tests/core" for a part)
	@$(with_services) if [ -n "$(ARGS)" ]; then $(python) -m pytest $(ARGS); else sh .ci/tests -q; fi

browser-tests: setup ## Run the tests in a real browser
	@$(with_services) $(python) -m pytest tests/browser $(ARGS)

bench: setup ## Measure speed: every benchmark, or one (ARGS=rules)
	@for each in $(or $(ARGS),$(basename $(notdir $(wildcard benchmarks/[a-z]*.py)))); do \
		echo "== $$each"; $(python) "benchmarks/$$each.py" || exit 1; done

durability: setup ## Kill the server 10,000 times while it saves and count what was lost (long)
	@$(with_services) SCREENING_KILLS="$${SCREENING_KILLS:-10000}" $(python) -m pytest tests/durability $(ARGS)

messages: setup ## Collect every text that can be translated into .cache/messages.pot
	.venv/bin/pybabel extract --mapping pyproject.toml --keywords N_ --keywords lazy_gettext \
		--project "Screening assistant" --output .cache/messages.pot .

format: setup ## Put the code in the house's format
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

clean: ## Remove environments and caches; instance/ with its data stays
	rm -rf .venv .venv-tools .cache .hypothesis .import_linter_cache dist
	find screening tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
