# Every target does its own set-up, in .venv, and only once: see tools/setup.py. NAME=value reaches
# the scripts through the environment, so that spaces and ~ in it are safe.
.DEFAULT_GOAL := help
.PHONY: help setup run test check gate evals faults train screenshots reference sbom audit wording bench lock

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

run:  ## Ask about articles in the browser: make run [ARTICLES=~/folder] [PORT=7860]
	@sh tools/setup.sh setup run
	@sh tools/run.sh

test:  ## Run the tests: make test [ARGS='-k dates'] [COVERAGE=1] [PROCESSES=2]
	@sh tools/setup.sh setup test
	.venv/bin/python $(if $(COVERAGE),tools/covered.py,-m pytest) \
		-n $(or $(PROCESSES),2) --dist loadfile $(ARGS)

check:  ## Lint, formatting, types, layers, and the rules of tools/guard.py
	@sh tools/setup.sh setup test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python tools/guard.py

gate:  ## Fail if the evals' numbers fall below evals/gate.toml
	@sh tools/setup.sh setup run
	.venv/bin/pressmark eval --gate $(ARGS)

evals:  ## Run every eval suite: make evals PRESSMARK_EVALS_DATA=/data [ARGS=…]
	@sh tools/setup.sh setup run
	.venv/bin/pressmark eval --all $(ARGS)

faults:  ## Kill, damage, fill, overload, and count what is lost: make faults [ARGS='crash --rounds 50']
	@sh tools/setup.sh setup run
	.venv/bin/python -m evals.faults $(ARGS)

train:  ## Train the reader, judge or retriever: make train ARGS='reader --minutes 60 --out ~/reader'
	@sh tools/setup.sh train $(ARGS)

bench:  ## Measure speed, memory and disk: make bench [ARGS='--whole']
	@sh tools/setup.sh setup run
	.venv/bin/python -m evals.benchmarks $(ARGS)

screenshots:  ## Take the README's pictures again
	@sh tools/setup.sh setup test
	.venv/bin/python tools/screenshots.py $(ARGS)

sbom:  ## List what Pressmark is made of: make sbom [ARGS=--licences]
	@sh tools/setup.sh setup run
	.venv/bin/python tools/sbom.py $(ARGS)

audit:  ## Compare the locks with known weaknesses, over the network: make audit [ARGS=pypi]
	@sh tools/setup.sh setup run
	.venv/bin/python tools/audit.py $(ARGS)

wording:  ## Bring the page's catalogues in line with what the page says
	@sh tools/setup.sh setup test
	.venv/bin/python tools/wording.py

setup:  ## Set up for running and testing, and start nothing
	@sh tools/setup.sh setup test

reference:  ## Write the reference in docs/python.md anew from the docstrings
	@sh tools/setup.sh setup test
	.venv/bin/python tools/python_page.py

lock:  ## Rebuild both locks: make lock [UPGRADE=1]
	@sh tools/setup.sh lock
