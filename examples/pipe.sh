#!/usr/bin/env bash
# A pipe of commands: messages in; Bundles, what was not carried over, what is not valid, and the codes nobody has mapped out.
#
#   pipe.sh out < feed.hl7
#
# Data goes along the pipe, summaries go to standard error, and status 1 of a command says that it has findings, not that it
# failed: nothing stops the rest.
set -uo pipefail
out=${1:?folder for what comes out}
mkdir -p "$out"

samspil hl7v2 convert - --bundle collection --report "$out/loss.ndjson" |
    tee "$out/bundles.ndjson" |
    samspil fhirpath "descendants().where(system.startsWith('urn:id:')).select(system & '#' & code)" - |
    tr -d '"' | sort | uniq -c | sort -rn > "$out/local-codes.txt"
[ "${PIPESTATUS[0]}" -lt 2 ] || exit 2

python -c 'import json, sys
for line in sys.stdin:
    for lost in json.loads(line)["unmapped"]:
        print(lost["reason"], lost["position"])' < "$out/loss.ndjson" | sort | uniq -c | sort -rn > "$out/lost.txt"

samspil validate "$out/bundles.ndjson" --format json > "$out/findings.json"
[ $? -lt 2 ] || exit 2
