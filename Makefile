# `make` alone lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run quick _types _types_and_content _core _all test lint check strings model evaluate transcripts graph bench soak lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/run.done ## start everything here: bot, Redis, worker, phone simulator (Ctrl-C stops)
	@$(BIN)/python -m bot run

test: .venv/test.done ## lint, types, content check and every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j2 _types_and_content _all

# Three on two processors: many tests wait for processes of their own.
_all:
	$(BIN)/python -m pytest -n 3

_types_and_content: _types
	$(BIN)/python -m bot check

quick: .venv/test.done ## lint, types and the tests of the core, without processes, browser and encoder: under a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j2 --output-sync=target _types _core

_types:
	$(BIN)/mypy

_core:
	$(BIN)/python -m pytest -n 2 -m "not (slow or process or browser or model)" \
		tests/dialogue tests/handoff tests/rendering tests/nlu tests/test_*.py

lint: .venv/test.done ## fix what the linter can fix, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: .venv/run.done ## inspect flows, facts, numbers, vocabulary and translations
	$(BIN)/python -m bot check

strings: .venv/run.done ## collect the texts for translators and update every catalog
	$(BIN)/python -m bot strings

model: .venv/test.done ## train flows/model on flows/utterances
	$(BIN)/python -m bot.nlu_training build

evaluate: .venv/test.done ## print how well messages are understood; fails when a figure has dropped
	$(BIN)/python -m bot.nlu_training evaluate

transcripts: .venv/test.done ## regenerate the golden conversations (then read the diff)
	$(BIN)/python -m pytest tests/test_transcripts.py --update-transcripts -q

graph: .venv/run.done ## draw the dialogue to docs/dialogue.svg
	$(BIN)/python -m bot graph --out docs/dialogue.svg

picture: .venv/test.done ## take docs/console.png again (needs Chromium)
	$(BIN)/python -m tests.console.picture docs/console.png

bench: .venv/run.done ## measure speed against a floor in the same run
	$(BIN)/python -m bench

soak: .venv/test.done ## break everything while 10,000 messages come; OPTIONS="--messages 2000 --minutes 2"
	$(BIN)/python -m bench soak $(OPTIONS)

lock: ## regenerate the hash-locked requirements (needs uv)
	uv pip compile -q pyproject.toml --universal --generate-hashes --no-header --python-version 3.11 -o requirements.txt
	uv pip compile -q pyproject.toml --extra test --universal --generate-hashes --no-header --python-version 3.11 -o requirements-test.txt
	sed -i "1i # Made by 'make lock' from pyproject.toml; every package by hash." requirements.txt requirements-test.txt

clean: ## remove the virtual environment (var/, with its conversations, stays)
	rm -rf .venv

.venv/run.done: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing..." && $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/test.done: requirements-test.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing..." && $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@ .venv/run.done
