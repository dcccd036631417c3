# Everything a newcomer needs: `make demo` and `make test` set themselves up in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo watch-demo test lint types layers signatures unit docs bench fuzz soak calibrate clean

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): pyproject.toml constraints.txt
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

setup: $(STAMP)  ## make .venv with shadowscan and its development tools

demo: $(STAMP)  ## scan the sample company and show the report
	rm -rf .demo && mkdir .demo
	$(BIN)/shadowscan --config samples/shadowscan.yaml scan samples/company --db .demo/company.duckdb

watch-demo: $(STAMP)  ## the sample company in fast motion, watched; the report refreshes (Ctrl-C ends it)
	rm -rf .demo/watch && mkdir -p .demo/watch/logs
	$(BIN)/python -m samples.play .demo/watch/logs --seconds 60 & player=$$!; \
	$(BIN)/shadowscan --config samples/watch-demo.yaml watch --db .demo/watch/watch.duckdb 2> .demo/watch/messages & \
	watcher=$$!; trap 'kill $$player $$watcher 2>/dev/null' EXIT HUP INT TERM; \
	until test -s .demo/watch/watch.duckdb; do sleep 1; done; \
	$(BIN)/shadowscan --config samples/watch-demo.yaml report --follow --db .demo/watch/watch.duckdb

test: lint types layers signatures unit  ## the whole check: lint, format, types, layers, dependencies, signatures, tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports
	$(BIN)/deptry shadowscan

signatures: $(STAMP)
	$(BIN)/shadowscan signatures lint

unit: $(STAMP)
	$(BIN)/coverage erase
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered -m 'not soak'

docs: $(STAMP)  ## write the generated parts of README.md and docs/ anew
	$(BIN)/python -m docs.generate

bench: $(STAMP)  ## measure against other tools on 1 M lines each; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.readers

fuzz: $(STAMP)  ## long fuzzing of every parser
	HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest -n 2 tests -m 'soak or not soak' -k fuzz

soak: $(STAMP)  ## 560 kill -9 under load, 3,000 steps of what happens to logs, a full disk: 9 minutes on two quiet cores; prints its figures
	$(BIN)/pytest -n 2 --dist worksteal -m soak -k 'not fuzz' -rP --durations=0

calibrate: $(STAMP)  ## how often the exposure ranges hold the truth; writes the table into docs/exposure.md
	$(BIN)/python -m benchmarks.calibrate --write docs/exposure.md

clean:  ## remove what can be made again
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* dist build
