# The one list of commands, for people, CONTRIBUTING.md and CI alike.
# Each makes what it needs in .venv, and costs nothing the second time.
# Needs make, git, a C compiler and a Python from 3.10 on; another one:  make test PYTHON=/path/to/python
# Extra arguments:  make test ARGS="tests/test_history.py -k slice"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help try test quick coverage shells lint format docs bench fuzz picture dist clean

PYTHON ?=
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
# What `make try` writes: caches, settings and what was typed, the prompt's and Python's own. The shell says where we are, since a
# dollar in the folder's name would be one to it in $(CURDIR).
TRY := $$PWD/$(VENV)/try
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
# Not empty, every prompt on this machine takes part in the tests, and not only the telling ones.
ALL ?=
# How many test workers there are (`auto`: two a core, one for `make quick`); a name or number of pytest-xdist's.
WORKERS ?= auto
# The tests are run by a Python that nobody's settings change; what the tests start, tests/surroundings.py sees to.
PYTEST = env $(addprefix -u ,$(filter-out PYTHON,$(filter PYTHON%,$(.VARIABLES)))) $(if $(ALL),HISTSHELL_TEST_ALL=1) \
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
# Not empty, what has failed is run a second time, alone, and only what fails then counts: a prompt that is typed at while others
# keep every core busy can be late without being wrong. Both runs are shown. (pytest ends with 1 when all has run and some failed.)
AGAIN ?=
ONCE_MORE = || { [ $$? -eq 1 ] && echo "once more, alone:" && \
	$(subst -n $(WORKERS),-n 0,$(PYTEST)) $(ARGS) --last-failed --last-failed-no-failures=none --maxfail=5; }
# Empty, the table in docs/shells.md is compared with what is seen and not written.
WRITE ?= --write

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

try: $(VENV)/ready-run ## open the numbered prompt in python, without writing anything outside .venv
	@mkdir -p "$(TRY)"
	@env -u HISTSHELL HISTSHELL_CHAIN="$$PWD/tools/own_history.py" HISTSHELL_TRY="$(TRY)" PYTHON_HISTORY="$(TRY)/.python_history" \
		XDG_CACHE_HOME="$(TRY)/cache" XDG_CONFIG_HOME="$(TRY)/config" XDG_DATA_HOME="$(TRY)/data" XDG_STATE_HOME="$(TRY)/state" \
		PYTHONSTARTUP="$$PWD/startup/pythonstartup.py" $(BIN)/python $(ARGS)

test: $(VENV)/ready-test ## run every test but those of `make shells`, at the telling prompts; ALL=1: at all prompts there are
	$(PYTEST) $(ARGS) $(if $(AGAIN),$(ONCE_MORE))

quick: $(VENV)/ready-test ## run the tests that open no terminal and start no other Python, for each save
	$(PYTEST) -q --quick $(ARGS)

coverage: $(VENV)/ready-test ## say how much of the package the tests of `make test` reach, and fail below the floor
	rm -f .coverage .coverage.*
	$(subst -m pytest,-m coverage run -m pytest,$(PYTEST)) $(ARGS)
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report

shells: $(VENV)/ready-test ## try every shell under every Python, and write the table in docs/shells.md
	$(PYTEST) tests/matrix $(WRITE) $(ARGS)

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

bench: $(VENV)/ready-bench ## measure the first prompt of each shell, keys, the cost of a result and of showing it, completion and the pickle loader, beside others
	$(BIN)/python -m benchmarks.startup $(ARGS)
	$(BIN)/python -m benchmarks.shells $(ARGS)
	$(BIN)/python -m benchmarks.guests $(ARGS)
	$(BIN)/python -m benchmarks.keys $(ARGS)
	$(BIN)/python -m benchmarks.recording $(ARGS)
	$(BIN)/python -m benchmarks.display $(ARGS)
	$(BIN)/python -m benchmarks.journal $(ARGS)
	$(BIN)/python -m benchmarks.searching $(ARGS)
	$(BIN)/python -m benchmarks.completion $(ARGS)
	$(BIN)/python -m benchmarks.pik $(ARGS)
	$(BIN)/python -m benchmarks.large $(ARGS)
	$(BIN)/python -m benchmarks.scanners $(ARGS)

fuzz: $(VENV)/ready-test ## run the property tests with 2,000 examples each, and a new seed
	$(PYTEST) -m hypothesis --hypothesis-profile=fuzz $(ARGS)

picture: $(VENV)/ready-test ## take the terminal pictures in docs/_static anew, from real sessions
	$(BIN)/python -m tools.picture docs/_static/session.svg
	$(BIN)/python -m tools.rich_pictures docs/_static
	$(BIN)/python -m tools.pik_picture docs/_static/pik-files.svg

dist: $(VENV)/ready-test ## build the wheel and the source distribution into dist/
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

clean: ## remove everything that make has made
	rm -rf $(VENV) dist docs/_build .ci/work .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp in .venv stands for a group of packages from pyproject.toml; `run` is histshell itself, editable.
$(VENV)/ready-test $(VENV)/ready-lint $(VENV)/ready-docs $(VENV)/ready-bench: $(VENV)/ready-%: $(VENV)/ready-run
	@echo "installing what 'make $*' needs into $(VENV) (once) ..."
	@$(PIP) install --group $*
	@touch $@

$(VENV)/ready-run: pyproject.toml tools/find-python
	@python=$$(sh tools/find-python $(PYTHON)) && echo "making $(VENV) with $$python (once) ..." && \
	if ! $(BIN)/python -c '' 2>/dev/null; then "$$python" -m venv --clear $(VENV); fi
	@PIP_NO_CACHE_DIR=1 $(PIP) install --upgrade 'pip>=25.1'
	@PIP_NO_CACHE_DIR=1 $(PIP) install --editable .
	@touch $@
