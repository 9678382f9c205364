# Every target sets itself up: the first run makes .venv from requirements.lock, later runs find it ready.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Empty: the first of python3.13, python3.12, python3.11 and python3 that works.
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PROJECTS := $(sort $(wildcard packages/*/pyproject.toml))
SUITE ?=
MINUTES ?= 60
# The folder with the core packages of R4B and R5, for `make tables`.
DEFINITIONS ?=

export PATH := $(CURDIR)/$(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.PHONY: help setup spark demo selftest test check lint types edges format lock bench campaign fuzz fuzz-services corpora java-validator packages profiles tables pages release-check isolated clean site soak scale

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

setup: $(READY) ## make .venv with every package, the samspil command and the developer tools

$(READY): requirements.lock $(PROJECTS) | $(BIN)/uv
	@uv pip sync --quiet --require-hashes requirements.lock
	@uv pip install --quiet --no-deps --no-build-isolation $(foreach p,$(PROJECTS),-e $(dir $(p)))
	@touch $@

spark: $(READY) ## add what the tests on Spark need to .venv; Java must be there
	@uv pip install --quiet --require-hashes -r requirements.spark.lock

$(BIN)/uv:
	@PYTHON="$(PYTHON)" VENV="$(VENV)" tools/bootstrap.sh

demo: $(READY) ## run the main job on the bundled example, and a conformance suite on the bundled system
	@samspil demo
	@samspil conformance run ehds-logging --sut demo --out build/evidence || test $$? -eq 1

test: $(READY) ## run every test
	@pytest -q --numprocesses=auto --dist=loadgroup

check: lint types edges ## lint, types and edges between packages

lint: $(READY) ## ruff: rules and format
	@ruff check --quiet .
	@ruff format --check --quiet . || { echo 'not formatted: run `make format`' >&2; exit 1; }

types: $(READY) ## pyright strict on the packages
	@pyright --warnings --project pyproject.toml

edges: $(READY) ## import-linter: who may import whom
	@lint-imports --no-cache --no-logo

format: $(READY) ## mend what ruff can mend, and format
	@ruff check --quiet --fix . || true
	@ruff format .

packages: $(READY) ## fetch the FHIR packages that the corpora need into the package cache
	@samspil definitions install --no-dependencies hl7.fhir.r4.core#4.0.1 hl7.fhir.r4b.core#4.3.0 hl7.fhir.r5.core#5.0.0 \
		hl7.terminology.r4#7.0.1 hl7.terminology.r5#7.0.1 hl7.fhir.uv.extensions.r4#5.3.0-ballot-tc1 \
		hl7.fhir.uv.extensions.r5#5.3.0-ballot-tc1 hl7.fhir.r4.examples#4.0.1 hl7.fhir.r4.expansions#4.0.1

profiles: $(READY) ## build our own FHIR package from profiles/
	@python -m tools.profiles --write
	@python -m tools.settled_page --write

lock: $(BIN)/uv ## resolve the dependencies anew into requirements.lock
	@tools/lock.sh $(PROJECTS)

selftest: $(READY) ## try the conformance suites on every seeded defect and lawful variant
	@SAMSPIL_CORPORA="$${SAMSPIL_CORPORA:-../shared/corpora}" samspil conformance selftest --write

bench: $(READY) ## run the benchmarks, three times, with the median
	@python -m benchmarks.run

campaign: $(READY) ## ask both engines of consent the same a million times
	@python -m tools.consent_campaign

fuzz: $(READY) ## change messages at random and convert them, for ten minutes
	@python -m tools.fuzz

fuzz-services: $(READY) ## ask the services what their own OpenAPI document lets schemathesis think of, 150 times an address
	@SAMSPIL_EXAMPLES=150 pytest -q packages/server/tests/test_fuzz.py
soak: $(READY) ## the fault campaign of the MLLP listener: an hour, 310 messages/s, report in build/soak (MINUTES=60)
	@python -m tools.soak --minutes $(MINUTES) --out build/soak

scale: $(READY) ## the same feed at 1, 10 and 100 times its size, by every way there is, into docs/explanation/scale.md
	@python -m benchmarks.scale --write

corpora: $(READY) ## run the corpora, or one group of them: make corpora SUITE=hl7v2
	@python -m tools.corpora $(SUITE)

java-validator: $(READY) ## run the HL7 Java validator over the corpora and print where it and ours differ (needs Java and Maven)
	@python -m tools.java_validator

tables: $(READY) ## generate the data tables of the packages anew
	@python -m tools.elements
	@python -m tools.structures
	@python -m tools.fhirpath_types $(DEFINITIONS)
	@python -m tools.table_codes

pages: $(READY) ## write the generated pages of docs/reference, and what profiles/ generates, anew
	@python -m tools.findings --write
	@python -m tools.conformance_pages --write
	@python -m tools.cli_reference --write
	@python -m tools.api_reference --write
	@python -m tools.profiles --write
	@python -m tools.settled_page --write
	@python -m tools.service_page --write

site: $(READY) ## build the documentation as a web site with search, in build/site
	@python -m tools.site
	@echo 'python -m http.server --directory build/site'

release-check: $(READY) ## build what a release would hold, twice, and check it as a user meets it
	@python -m tools.release_check
	@python -m tools.java_validator.page --write

isolated: $(READY) ## prove that each package installs and starts alone
	@pytest -q tests/test_isolation.py

clean: ## remove everything the targets made
	@rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
