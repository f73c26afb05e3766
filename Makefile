# `make demo` and `make test` need Python 3.11 or later and nothing else. Works with GNU Make 3.81 and later.
.POSIX:
.SUFFIXES:

PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
# More than there are cores: many tests wait for time-outs and other processes.
WORKERS ?= 4
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet

.PHONY: help demo test check bench chaos docs lock clean

help:
	@echo "make demo    sample books to finished report"
	@echo "make test    every test (make bench measures)"
	@echo "make check   ruff, mypy --strict, import contracts"
	@echo "make chaos   the tests that kill processes"
	@echo "make bench   measurements"
	@echo "make docs    write the reference pages anew from the code"
	@echo "make lock    write requirements/*.txt anew from pyproject.toml (needs uv)"
	@echo "make clean   remove the environment, caches and .audit-agent"

demo: $(VENV)/.runtime
	@$(BIN)/audit-agent demo $(DEMO)

test: $(VENV)/.dev
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not bench" $(TESTS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/pytest -m bench -s tests/bench

chaos: $(VENV)/.dev
	AUDIT_AGENT_CHAOS=full $(BIN)/pytest tests/chaos

docs: $(VENV)/.dev
	$(BIN)/python -m scripts.reference

lock:
	$(LOCK) --group build -o requirements/runtime.txt
	$(LOCK) --group build --group dev -c requirements/runtime.txt -o requirements/dev.txt

clean:
	rm -rf $(VENV) .audit-agent .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist

# Each stamp is written last, so an interrupted install is taken up again.
$(VENV)/.made:
	@sh scripts/make-venv $(PYTHON) $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/runtime.txt pyproject.toml
	@echo "Installing what Audit Agent needs (once) ..."
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing what the tests need (once) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
