#!/usr/bin/env bash
# Install from Debian the servers and tools that some tests start, as far as this machine allows; status 1 when one lacks.
set -uo pipefail

missing() {
    command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || echo postgresql
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || echo chromium
    command -v strace >/dev/null || echo strace
    command -v openssl >/dev/null || echo openssl
    command -v java >/dev/null || echo default-jre-headless
    command -v mvn >/dev/null || echo maven
    command -v javac >/dev/null || echo default-jdk-headless
}

wanted=$(missing)
if [ -n "$wanted" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # shellcheck disable=SC2086 -- one word a package
    timeout 180 env DEBIAN_FRONTEND=noninteractive bash -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends $(echo $wanted)" >/dev/null 2>&1
fi
wanted=$(missing)
[ -z "$wanted" ] || { echo "not on this machine, and not to be had: $(echo $wanted)" >&2; exit 1; }
