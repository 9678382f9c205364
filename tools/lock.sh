#!/usr/bin/env bash
# Resolve every package and the developer tools into requirements.lock and requirements.spark.lock: pinned, with hashes, for every platform.
# The packages of this repository are left out, as they are installed from their folders.
set -euo pipefail

own=()
for project in "$@"; do
    own+=(--no-emit-package "$(sed -n 's/^name = "\(.*\)"$/\1/p' "$project" | head -n 1)")
done
resolve() {
    uv pip compile "${own[@]}" --universal --python-version 3.11 --upgrade \
        --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' --quiet "$@" >/dev/null
}

# Spark is large, and few of the tests need it: it has a file of its own, which `make spark` installs.
resolve "$@" --group dev --all-extras --output-file requirements.lock \
    --no-emit-package pyspark --no-emit-package py4j --no-emit-package pyarrow --no-emit-package pandas
resolve packages/hl7v2/pyproject.toml --extra spark --constraint requirements.lock --output-file requirements.spark.lock
