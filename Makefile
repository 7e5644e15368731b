# make run and make test do all set-up; make help lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
OBSERVATORY ?= observatory
PORT ?= 8000
MEASUREMENTS ?= 20000
FUZZ_SECONDS ?= 60
JOBS ?= 2

# The first Python >= 3.11 on PATH, unless PYTHON says another.
PYTHON ?= $(shell for candidate in python3.11 python3.12 python3.13 python3; do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$candidate"; break; }; done)

PIP_INSTALL = $(BIN)/python -m pip install -qq --disable-pip-version-check

# ---------------------------------------------------------------- set-up, once a lock file

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "whocut needs Python 3.11 or newer (apt install python3 python3-venv)" >&2; exit 1; fi
	@if ! "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null; then \
		if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then \
			echo "installing python3-venv" >&2; \
			{ apt-get install -y -q python3-venv || { apt-get update -q && apt-get install -y -q python3-venv; }; } >&2; \
		else \
			echo "$(PYTHON) has no venv module: apt install python3-venv, then make again" >&2; exit 1; \
		fi; fi
	@echo "making $(VENV) with $(PYTHON)" >&2
	@"$(PYTHON)" -m venv $(VENV)

# A stamp holds the state "installed from this lock"; the package itself is editable, so that a
# change of source needs no new installation.
$(VENV)/.run-installed: requirements/run.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "installing what whocut runs on (hash-locked)" >&2
	@$(PIP_INSTALL) --require-hashes -r requirements/run.txt
	@$(PIP_INSTALL) --require-hashes -r requirements/build.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-installed: requirements/dev.txt $(VENV)/.run-installed
	@echo "installing what its tests run on (hash-locked)" >&2
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

.PHONY: setup
setup: $(VENV)/.dev-installed ## install everything, run nothing

.PHONY: lab-packages
lab-packages:
	@sh lab/install.sh

# The browser that the pages are tested in.
.PHONY: test-packages
test-packages:
	@sh lab/install.sh chromium

# Dated root stores come from the package registry, once; without them chains grade lower.
.PHONY: fetch-roots
fetch-roots: $(VENV)/.run-installed ## fetch the dated root stores into the cache (once)
	@$(BIN)/whocut fetch roots

# Outside CI a machine without a network still runs the tests that need no dated roots.
.PHONY: try-roots
try-roots: $(VENV)/.run-installed
	@$(BIN)/whocut fetch roots || { [ "$$CI" != true ] \
		&& echo "the dated root stores could not be fetched; going on without" >&2; }

# ---------------------------------------------------------------- the two commands

.PHONY: run
run: $(VENV)/.run-installed ## build an observatory from INPUT=, the data at hand or the examples; serve it on 127.0.0.1:PORT
	@if [ -n "$(INPUT)" ] || [ ! -e "$(OBSERVATORY)/.filled" ]; then \
		OBSERVATORY="$(OBSERVATORY)" INPUT="$(INPUT)" $(BIN)/python examples/answer.py \
			&& touch "$(OBSERVATORY)/.filled"; fi
	@exec $(BIN)/whocut serve --observatory "$(OBSERVATORY)" --port "$(PORT)"

.PHONY: test
test: $(VENV)/.dev-installed test-packages try-roots ## lint, type, tests, the lab, the installed package: under 20 minutes
	@$(MAKE) --no-print-directory lint type
	$(BIN)/python -m pytest -m "not long" -n $(JOBS) --dist loadgroup tests

# ---------------------------------------------------------------- the rest

.PHONY: test-fast
test-fast: $(VENV)/.dev-installed ## unit tests only, in seconds
	$(BIN)/python -m pytest -m "not long and not lab" tests/unit

.PHONY: test-long
test-long: $(VENV)/.dev-installed test-packages try-roots ## what takes minutes, then the bench
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -m long tests
	@$(MAKE) --no-print-directory bench

# Not here yet: ruff format --check, which wants the whole tree formatted in one change.
.PHONY: lint
lint: $(VENV)/.dev-installed ## ruff, import contract, spelling, generated documents
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/python -m whocut.cli.docs --check

.PHONY: type
type: $(VENV)/.dev-installed ## mypy --strict
	$(BIN)/mypy

.PHONY: docs
docs: $(VENV)/.dev-installed ## write the generated documents anew
	$(BIN)/python -m whocut.cli.docs

.PHONY: messages
messages: $(VENV)/.dev-installed ## bring the catalogs of French and Russian in step with the sources
	$(BIN)/python -m whocut.i18n.messages

.PHONY: golden
golden: $(VENV)/.dev-installed ## rewrite the golden cases; read the difference before you commit it
	WHOCUT_GOLDEN=rewrite $(BIN)/python -m pytest tests/golden
	@git --no-pager diff --stat -- tests/golden

.PHONY: bench
bench: $(VENV)/.dev-installed try-roots ## measure every acceptance figure (MEASUREMENTS=2016 for a quick look)
	$(BIN)/python tests/bench/bench_reading.py
	$(BIN)/python tests/bench/bench_fingerprints.py
	$(BIN)/python tests/bench/bench_chains.py --cache "$${WHOCUT_CACHE:-$$HOME/.cache/whocut}"
	$(BIN)/python tests/bench/bench_store.py
	$(BIN)/python tests/bench/bench_simulated.py
	$(BIN)/python tests/bench/bench_cells.py
	$(BIN)/python tests/bench/bench_questions.py
	$(BIN)/python tests/bench/bench_ledger.py
	$(BIN)/python tests/bench/bench_mrt.py
	$(BIN)/python tests/bench/bench_routes.py
	$(BIN)/python tests/bench/bench_scale.py --measurements $(MEASUREMENTS)
	$(BIN)/python tests/bench/profile_pipeline.py --measurements $(MEASUREMENTS)
	$(BIN)/python tests/bench/bench_pipeline.py --measurements $(MEASUREMENTS) --chains measurement
	$(BIN)/python tests/bench/bench_pipeline.py --measurements $(MEASUREMENTS)

.PHONY: fuzz
fuzz: $(VENV)/.dev-installed ## run every fuzz target for FUZZ_SECONDS
	@set -e; for target in tests/fuzz/fuzz_*.py; do \
		echo "== $$target"; $(BIN)/python "$$target" -max_total_time=$(FUZZ_SECONDS); done

.PHONY: lab
lab: $(VENV)/.run-installed lab-packages ## build the emulated internet (root), run every scenario, remove it
	$(BIN)/whocut lab run

.PHONY: release-check
release-check: $(VENV)/.dev-installed ## versions agree, tree clean, both archives build
	@$(BIN)/python -m pytest tests/unit/test_ground.py tests/contract/test_installed.py
	@git diff --exit-code --stat
	$(BIN)/python -m hatchling build

.PHONY: lock
lock: $(VENV)/.dev-installed ## resolve the requirements anew, with hashes and without host names
	@for name in run build dev peers-bare peers-oonidata peers-mrt peers-bgpy; do \
		$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header \
			--no-emit-index-url --no-emit-find-links --python-version 3.11 \
			-o requirements/$$name.txt requirements/$$name.in || exit 1; done

.PHONY: clean
clean: ## remove what the targets made here (not the cache, not an observatory)
	rm -rf $(VENV) .venv-* dist build corpus .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' \
		| awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'
