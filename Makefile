PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
ENGINES ?= postgres spark
JOBS ?= auto
# LOCKED=1 installs the very versions of the locks, each by its sum, in place of what the bounds allow today.
LOCKED ?=
LOCKING := --generate-hashes --universal --python-version 3.11 --custom-compile-command "make lock"
STAMP := $(if $(LOCKED),locked,installed)
BENCH ?= --leads 1000000 --activities 10000000

.PHONY: run test test-engines check audit lock licences bench demo-screens clean

# This machine alone is answered, unless LSQ_OPEN=1 says that everybody may see everything. The web server must not hide
# the address of a proxy, whose header may say who has signed in.
run: export FORWARDED_ALLOW_IPS =
run: $(VENV)/$(STAMP)
	$(BIN)/streamlit run app.py --server.port $(PORT) $(if $(filter 1 true yes,$(LSQ_OPEN)),--server.address 0.0.0.0 --server.allowedHosts '*')

# A file's tests share their servers and stores: they stay together. JOBS=0 runs everything in one process.
test: $(VENV)/$(STAMP)-dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

# The contract suite on engines that it starts itself, one after the other; ENGINES=postgres for one of them.
test-engines: $(VENV)/installed-engines
	for engine in $(ENGINES); do \
		$(BIN)/python -m pytest tests/contract tests/postgres tests/unit/server/query/test_compiled.py --engine $$engine || exit 1; \
	done

check: $(VENV)/$(STAMP)-dev audit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Known faults of the locked versions; without a way to the registry it says so and goes on.
audit: $(VENV)/$(STAMP)-dev
	$(BIN)/python .ci/audit.py

# Versions stay as they are where the bounds still allow them; UPGRADE=--upgrade takes the newest.
lock: $(VENV)/installed-dev
	$(BIN)/uv pip compile --quiet $(UPGRADE) $(LOCKING) requirements.txt --output-file requirements.lock
	$(BIN)/uv pip compile --quiet $(UPGRADE) $(LOCKING) --constraints requirements.lock requirements-dev.txt --output-file requirements-dev.lock

licences: $(VENV)/installed
	$(BIN)/python .ci/licences.py

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

$(VENV)/locked: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/locked-dev: requirements-dev.lock $(VENV)/locked
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

$(VENV)/installed-engines: requirements-engines.txt $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-engines.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
