# The one list of commands, for people, CONTRIBUTING.md and CI alike.
# Each makes what it needs in .venv, and costs nothing the second time.
# Needs make, git, a C compiler and a Python from 3.10 on; another one:  make test PYTHON=/path/to/python
# Extra arguments:  make test ARGS="tests/test_history.py -k slice"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help try test shells lint format docs bench fuzz picture dist clean

PYTHON ?=
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
# As many test workers as there are cores; a name or number of pytest-xdist's.
WORKERS ?= auto
# Empty, the table in docs/shells.md is compared with what is seen and not written.
WRITE ?= --write

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

try: $(VENV)/ready-run ## open the numbered prompt in python, without installing anything outside .venv
	@env -u HISTSHELL -u HISTSHELL_CHAIN PYTHONSTARTUP="$(CURDIR)/startup/pythonstartup.py" $(BIN)/python $(ARGS)

test: $(VENV)/ready-test ## run every test but those of `make shells`
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

shells: $(VENV)/ready-test ## try every shell under every Python, and write the table in docs/shells.md
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/matrix $(WRITE) $(ARGS)

lint: $(VENV)/ready-lint ## check style (ruff) and types (mypy, strict)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/ready-lint ## put the source into the form that lint asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/ready-docs ## build the documentation into docs/_build/html; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

bench: $(VENV)/ready-bench ## measure the first prompt of each shell, keys, the cost of a result, completion and the pickle loader, beside others
	$(BIN)/python -m benchmarks.startup $(ARGS)
	$(BIN)/python -m benchmarks.shells $(ARGS)
	$(BIN)/python -m benchmarks.keys $(ARGS)
	$(BIN)/python -m benchmarks.recording $(ARGS)
	$(BIN)/python -m benchmarks.completion $(ARGS)
	$(BIN)/python -m benchmarks.pik $(ARGS)

fuzz: $(VENV)/ready-test ## run the property tests with 2,000 examples each, and a new seed
	$(BIN)/python -m pytest -n $(WORKERS) -m hypothesis --hypothesis-profile=fuzz $(ARGS)

picture: $(VENV)/ready-test ## take the terminal pictures in docs/_static anew, from real sessions
	$(BIN)/python -m tools.picture docs/_static/session.svg
	$(BIN)/python -m tools.rich_pictures docs/_static

dist: $(VENV)/ready-test ## build the wheel and the source distribution into dist/
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

clean: ## remove everything that make has made
	rm -rf $(VENV) dist docs/_build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp in .venv stands for a group of packages from pyproject.toml; `run` is histshell itself, editable.
$(VENV)/ready-test $(VENV)/ready-lint $(VENV)/ready-docs $(VENV)/ready-bench: $(VENV)/ready-%: $(VENV)/ready-run
	@echo "installing what 'make $*' needs into $(VENV) (once) ..."
	@$(PIP) install --group $*
	@touch $@

$(VENV)/ready-run: pyproject.toml tools/find-python
	@python=$$(sh tools/find-python $(PYTHON)) && echo "making $(VENV) with $$python (once) ..." && \
	if ! $(BIN)/python -c '' 2>/dev/null; then "$$python" -m venv --clear $(VENV); fi
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --editable .
	@touch $@
