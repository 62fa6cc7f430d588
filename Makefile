# Two commands do everything: `make dashboard` and `make check`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
STORE ?= var/store
SAMPLE := var/sample
KEY := var/key.pem
QUICKLY := -o Acquire::http::Timeout=20 -o Acquire::Retries=1

.PHONY: dashboard check lint types structure secrets audit dictionary accessibility tests nightly chromium services java \
	benchmark-all benchmark benchmark-figures benchmark-pages benchmark-ledger benchmark-cluster constraints clean

# Install what is missing, import the sample exports with a key that signs the protected ledger, open the dashboard.
dashboard: $(VENV)/installed $(STORE)/current
	@echo "http://127.0.0.1:$(PORT)"
	@RTU_SIGNING_KEY=$(KEY) $(BIN)/rtu dashboard --store $(STORE) --port $(PORT)

$(KEY): | $(VENV)/installed
	mkdir -p $(@D)
	$(BIN)/rtu key $@

$(STORE)/current: | $(VENV)/installed $(KEY)
	$(BIN)/python -m sample_data --out $(SAMPLE) --last 2 --dialect french
	for export in $(SAMPLE)/*/; do RTU_SIGNING_KEY=$(KEY) $(BIN)/rtu import $$export --programme thalidomide --store $(STORE) || exit $$?; done

# Every check and every test.
check: lint types structure secrets dictionary accessibility tests

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev
	$(BIN)/mypy

structure: $(VENV)/installed-dev
	$(BIN)/lint-imports

secrets: $(VENV)/installed-dev
	$(BIN)/python .ci/audit.py secrets

# Known vulnerabilities (needs a network), licences and bill of materials, into var/audit.
audit: $(VENV)/installed-dev
	$(BIN)/python .ci/audit.py

dictionary: $(VENV)/installed-dev
	$(BIN)/rtu dictionary --check --lang en

accessibility: $(VENV)/installed-dev
	$(BIN)/python -m dashboard.accessibility --check

tests: $(VENV)/installed-dev chromium services
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

# The tests that kill and try again many more times, and those that run Spark.
nightly: $(VENV)/installed-dev java
	$(BIN)/python -m pytest -m "nightly or spark"

# The browser tests drive Debian's Chromium; it is installed where that is possible without asking.
chromium:
	@command -v chromium >/dev/null || (test "$$(id -u)" = 0 && apt-get update && apt-get install --yes --no-install-recommends chromium) \
	|| (echo "The browser tests need Chromium. Install it first: sudo apt-get install chromium" && exit 1)

# The proxy's configuration and the journal on a database server are tried on real ones; without them those tests are left
# out, and say so.
services:
	@(test -x /usr/sbin/nginx && ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1) || test "$$(id -u)" != 0 \
	|| (apt-get $(QUICKLY) update && apt-get $(QUICKLY) install --yes --no-install-recommends nginx-light postgresql) \
	|| echo "nginx and PostgreSQL could not be installed: their tests are left out"

# The tests of the engine for clusters need Java; it is installed where that is possible without asking.
java:
	@command -v java >/dev/null || (test "$$(id -u)" = 0 && apt-get update && apt-get install --yes --no-install-recommends openjdk-17-jre-headless) \
	|| (echo "The tests on Spark need Java 17. Install it first: sudo apt-get install openjdk-17-jre-headless" && exit 1)

# Every comparison in one table of ratios; OPTIONS="--part imports --rows 100000 --repeat 5" does some of it.
benchmark-all: $(VENV)/installed-dev $(STORE)/current var/peers/installed chromium
	$(BIN)/python tests/benchmarks/everything.py --store $(STORE) $(OPTIONS)

# Imports beside bare reading, and pandas and polars with Pandera, which have an environment of their own.
benchmark: $(VENV)/installed-dev var/peers/installed
	$(BIN)/python tests/benchmarks/imports.py $(OPTIONS)

# Time of each page's queries on 10⁴ and on 10⁷ visit rows; OPTIONS="--small STORE --large STORE" spares making them.
benchmark-figures: $(VENV)/installed-dev
	$(BIN)/python tests/benchmarks/figures.py $(OPTIONS)

# Consecutive publications of the protected ledger, each with its audit.
benchmark-ledger: $(VENV)/installed-dev
	$(BIN)/python tests/benchmarks/ledger.py $(OPTIONS)

# An import on a Spark cluster of one and of two executors on this machine, and what it predicts beyond; OPTIONS=--large adds
# ten million visits.
benchmark-cluster: $(VENV)/installed-dev java
	$(BIN)/python -m tests.benchmarks.cluster $(OPTIONS)

# The same four charts in a browser: ours, plain Streamlit, Dash and Panel; then fifty sessions at once.
benchmark-pages: $(VENV)/installed-dev $(STORE)/current var/peers/installed chromium
	$(BIN)/python tests/benchmarks/everything.py --store $(STORE) --part pages --part start --part sessions $(OPTIONS)

var/peers/installed: tests/benchmarks/peers.txt
	$(PYTHON) -m venv var/peers
	var/peers/bin/pip install --quiet --disable-pip-version-check -r tests/benchmarks/peers.txt
	touch $@

$(VENV)/installed: constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/installed-dev: constraints-dev.txt $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints-dev.txt
	touch $@

# Resolve the exact versions anew (needs uv); hashes, no addresses.
constraints:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra build -o constraints.txt pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra build --extra dev -c constraints.txt -o constraints-dev.txt pyproject.toml

clean:
	rm -rf $(VENV) var
