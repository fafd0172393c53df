# Two commands do everything on a fresh machine with Python 3.11+: `make demo` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help demo dev test soak bench docs screenshots lint format clean

PYTHON ?= python3
BIN := .venv/bin
CATALOG ?= demo
KILLS ?= 100
HISTORIES ?= 300
LOADS ?= 5000
# One process a core. A file's tests stay together, since they share servers; files come in the order of their folders, so that the
# short ones at the end fill up what the long ones leave. PYTEST_ARGS=-n0: all in one process, as a debugger needs it.
PARALLEL := -n logical --dist loadfile --no-loadscope-reorder

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.venv/.installed: pyproject.toml sandbox/pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: install Python 3.11 or later, or name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]' --editable ./sandbox
	@touch $@

.venv-clients/.installed: tests/clients-requirements.txt
	$(PYTHON) -m venv .venv-clients
	.venv-clients/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/clients-requirements.txt
	@touch $@

demo: .venv/.installed ## The four jobs from a local PIM to a local SFCC instance (CATALOG=path: an Akeneo CSV export)
	$(BIN)/akeneo-sfcc demo --catalog "$(CATALOG)"

dev: .venv/.installed ## Both sandboxes and the Dagster UI, left running
	$(BIN)/akeneo-sfcc dev --catalog "$(CATALOG)"

test: .venv/.installed .venv-clients/.installed lint ## Lint, types and all tests
	$(BIN)/pytest $(PARALLEL) $(PYTEST_ARGS)

soak: .venv/.installed ## What takes long: loads killed at KILLS points (100), HISTORIES random histories (300), LOADS loads (5000)
	$(BIN)/pytest $(PARALLEL) tests/integration/test_kill_points.py --kills $(KILLS) $(PYTEST_ARGS)
	$(BIN)/pytest -n logical tests/integration/test_histories.py --histories $(HISTORIES) $(PYTEST_ARGS)
	$(BIN)/pytest tests/akeneo_assets/loads/test_folding.py -k small_after_many_loads --loads $(LOADS) $(PYTEST_ARGS)

docs: .venv/.installed ## The docs as pages, in var/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

screenshots: .venv/.installed ## The pictures in the docs, of the pages that the browser tests open
	$(BIN)/pytest tests/integration/ui/test_ui.py tests/integration/ui/test_storefront.py --pictures docs/pictures $(PYTEST_ARGS)

lint: .venv/.installed ## Lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.installed ## Put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.installed .venv-clients/.installed ## Ratios to the floor, the ideal and a rival, on a generated catalogue
	$(BIN)/python -m benchmarks

clean: ## Remove what make made
	rm -rf .venv .venv-clients var
