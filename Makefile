# Every target does the set-up it needs by itself; `make setup` does it alone.
SHELL := /bin/sh
PY := .venv/bin/python
# Two workers: the machines that run the whole suite have two cores. A file stays with one worker,
# so that what its tests share (the demo's day, a furnished office) is made once.
WORKERS ?= 2
PYTEST := $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run demo test test-long test-network check format lock clean

help: ## these lines
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

setup: ## system libraries, .venv and the locked packages
	@sh .ci/setup

setup-tests: ## that, and the daemons that the tests start for themselves
	@sh .ci/setup --tests

run: setup ## the window in training mode; without a display the demo
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		exec $(PY) main.py run --training; \
	else \
		out=$$(mktemp -d "$${TMPDIR:-/tmp}/loket-demo-XXXXXX") && \
		echo "No display (DISPLAY and WAYLAND_DISPLAY are empty): running the demo instead." && \
		$(PY) main.py demo --out "$$out" && \
		echo "The demo's cards, papers, journal and summary are in $$out"; \
	fi

demo: setup ## one officer-day without a window, into OUT (a new temporary folder)
	@out="$(OUT)"; [ -n "$$out" ] || out=$$(mktemp -d "$${TMPDIR:-/tmp}/loket-demo-XXXXXX"); \
	$(PY) main.py demo --out "$$out" && echo "The demo is in $$out"

test: setup-tests ## the tests of every commit
	@$(PYTEST) $(ARGS)

test-long: setup-tests ## every test but those that need the network
	@$(PYTEST) -m "not network" $(ARGS)

test-network: setup ## what only a package registry can answer
	@$(PY) -m pytest -m network $(ARGS)

check: setup ## lint, form, floors, types; every tool speaks, then the worst counts
	@failed=0; \
	$(PY) -m ruff check --output-format concise . || failed=1; \
	$(PY) -m ruff format --check . || failed=1; \
	.venv/bin/lint-imports || failed=1; \
	.venv/bin/basedpyright || failed=1; \
	exit $$failed

format: setup ## put the code into the house's form
	@$(PY) -m ruff check --fix-only .
	@$(PY) -m ruff format .

lock: ## write both locks from pyproject.toml; UPGRADE=1 takes the newest of everything
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && \
	$$([ -x $(PY) ] && echo $(PY) || echo python3) -m venv "$$tmp" && \
	"$$tmp/bin/pip" install --quiet --disable-pip-version-check uv packaging && \
	"$$tmp/bin/python" .ci/lock.py $(if $(UPGRADE),--upgrade)

clean: ## remove what the tools left, not .venv
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
	@rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
