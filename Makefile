.DEFAULT_GOAL := help
.PHONY: setup run test soak trustees check lint fmt lock wheel pictures clean help
OPENHALL := .venv/bin/openhall
# A run starts dozens of processes: bytecode is kept even where the environment says otherwise, and outside the sources.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/bytecode

help: ## show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## private tools, .venv and .venv/bin/openhall
	@infra/setup.sh run

run: setup ## a whole demo city on http://127.0.0.1:8000 (Ctrl-C stops everything)
	@exec $(OPENHALL) run

# Types are checked beside the tests, which leave a part of the second core idle. One process collects first and so keeps
# the rewritten test modules: otherwise each of the three would rewrite all of them at the same time.
test: ## set up everything and run all checks and tests
	@infra/setup.sh test
	@mkdir -p .cache; .venv/bin/mypy >.cache/types.txt 2>&1 & types=$$!; \
	  .venv/bin/python -m pytest --collect-only -qq >/dev/null 2>&1 & warm=$$!; \
	  $(MAKE) --no-print-directory lint; linted=$$?; wait $$warm; \
	  .venv/bin/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder; tests=$$?; \
	  wait $$types; typed=$$?; cat .cache/types.txt; exit $$((linted + tests + typed))

soak: ## the long runs that `make test` leaves out
	@infra/setup.sh test
	@OPENHALL_LOOKS=all .venv/bin/python -m pytest -m soak

trustees: ## three trustees in separate network namespaces, cut off and reconnected (root and `ip` needed)
	@infra/setup.sh test
	@if [ "$$(id -u)" != 0 ] || ! command -v ip >/dev/null; then echo "make trustees needs root and the program ip"; exit 1; fi
	@.venv/bin/python -m pytest -m soak tests/custody/test_three_machines.py

check: ## format, lint, types, import directions
	@infra/setup.sh test
	@$(MAKE) --no-print-directory lint
	@.venv/bin/mypy

lint:
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports --no-cache

fmt: ## format and mend what can be mended
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock: ## refresh requirements*.lock from requirements*.in
	@for f in requirements requirements-dev requirements-tools; do \
	  .tools/bin/uv pip compile $$f.in -o $$f.lock --universal --generate-hashes --python-version 3.11 --no-header --quiet; done

wheel: ## dist/openhall-*.whl, for a trustee, bidder or verifier without a checkout
	@infra/setup.sh test
	@.venv/bin/python -m hatchling build -t wheel

# 256 colours show a page as well as millions, in half the bytes.
export SMALL := import sys; from PIL import Image; \
  Image.open(sys.argv[1]).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(sys.argv[2], optimize=True)
PICTURES := 3-section 5-hall 12-verify 20-bid-room 42-marks
pictures: ## retake the README's pictures by the browser test of a whole tender (all of them stand in .pictures)
	@infra/setup.sh test
	@OPENHALL_PICTURES=$(CURDIR)/.pictures .venv/bin/python -m pytest -q -m soak tests/browser/test_whole_tender.py
	@for one in $(PICTURES); do .venv/bin/python -c "$$SMALL" .pictures/$$one-zh.png docs/images/$${one#*-}.png; done

clean: ## remove environments and caches (data in OPENHALL_HOME stays)
	@rm -rf .venv .tools .cache/bytecode .mypy_cache .ruff_cache .pytest_cache .hypothesis
