PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
ENGINES ?= postgres spark
JOBS ?= auto
BENCH ?= --leads 1000000 --activities 10000000

.PHONY: run test test-engines check bench demo-screens clean

# This machine alone is answered, unless LSQ_OPEN=1 says that everybody may see everything. The web server must not hide
# the address of a proxy, whose header may say who has signed in.
run: export FORWARDED_ALLOW_IPS =
run: $(VENV)/installed
	$(BIN)/streamlit run app.py --server.port $(PORT) $(if $(filter 1 true yes,$(LSQ_OPEN)),--server.address 0.0.0.0 --server.allowedHosts '*')

# A file's tests share their servers and stores: they stay together. JOBS=0 runs everything in one process.
test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

# The contract suite on engines that it starts itself, one after the other; ENGINES=postgres for one of them.
test-engines: $(VENV)/installed-engines
	for engine in $(ENGINES); do \
		$(BIN)/python -m pytest tests/contract tests/postgres tests/unit/server/query/test_compiled.py --engine $$engine || exit 1; \
	done

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.engine $(BENCH)

demo-screens: $(VENV)/installed-dev
	$(BIN)/python -m tests.browser.screens docs/screens

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

$(VENV)/installed-engines: requirements-engines.txt $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-engines.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
