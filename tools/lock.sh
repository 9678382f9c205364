#!/usr/bin/env bash
# Resolve every package and the developer tools into requirements.lock: pinned, with hashes, for every platform.
# The packages of this repository are left out, as they are installed from their folders.
set -euo pipefail

own=()
for project in "$@"; do
    own+=(--no-emit-package "$(sed -n 's/^name = "\(.*\)"$/\1/p' "$project" | head -n 1)")
done
uv pip compile "$@" --group dev --all-extras "${own[@]}" \
    --universal --python-version 3.11 --upgrade \
    --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
    --quiet --output-file requirements.lock >/dev/null
