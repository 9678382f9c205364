"""Client certificates: who shows one of the right authority is known, and nobody else gets as far as HTTP."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from samspil_server import application
from samspil_server.protocol import server_of
from samspil_server.settings import made


def certificate(folder, name, issuer=None):
    """Write `NAME.pem` with key and certificate, of the issuer or of its own making; give both."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    by, signer = (issuer[0].subject, issuer[1]) if issuer else (called, key)
    builder = x509.CertificateBuilder().subject_name(called).issuer_name(by).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
    builder = builder.not_valid_after(now + timedelta(hours=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=not issuer, path_length=None), critical=True)
    host = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(host, critical=False).sign(signer, hashes.SHA256())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = key.private_bytes(*form) + signed.public_bytes(serialization.Encoding.PEM)
    (folder / f"{name}.pem").write_bytes(pem)
    return signed, key


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Certificates of a server, of a client, and of a stranger."""
    made_in = tmp_path_factory.mktemp("tls")
    authority = certificate(made_in, "authority")
    certificate(made_in, "server", authority)
    certificate(made_in, "client", authority)
    certificate(made_in, "stranger")
    return made_in


def served(folder, asks):
    """Run the server for some requests: `asks` is given the URL and a maker of clients by certificate."""
    tls = {"cert": folder / "server.pem", "clients": folder / "authority.pem"}
    settings = made({"tls": tls, "audit": {"log": str(folder / "audit.db")}})
    server = server_of(application(settings, lambda: datetime.now(UTC)), settings)

    def client(name):
        context = ssl.create_default_context(cafile=folder / "authority.pem")
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
        if name:
            context.load_cert_chain(folder / f"{name}.pem")
        return httpx.AsyncClient(verify=context)

    async def run():
        listening = socket.create_server(("127.0.0.1", 0))
        running = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110  uvicorn offers no event
            await asyncio.sleep(0.02)
        port = listening.getsockname()[1]
        try:
            return await asks(f"https://127.0.0.1:{port}", client)
        finally:
            server.should_exit = True
            await running

    return asyncio.run(run())


def test_who_shows_a_certificate_is_known(folder):
    """The audit repository, closed to unknown readers, is open to them."""

    async def asks(url, client):
        async with client("client") as known:
            return await known.get(f"{url}/audit/AuditEvent?date=ge2026-01-01"), await known.get(f"{url}/openapi.json")

    found, document = served(folder, asks)
    assert (found.status_code, found.json()["resourceType"]) == (200, "Bundle")
    assert document.json()["components"]["securitySchemes"] == {"certificate": {"type": "mutualTLS"}}


@pytest.mark.parametrize("name", ["", "stranger"])
def test_who_shows_none_or_another_is_not_heard(folder, name):
    async def asks(url, client):
        async with client(name) as unknown:
            with pytest.raises(httpx.HTTPError):
                await unknown.get(f"{url}/health")
        return True

    assert served(folder, asks)


def test_certificates_that_cannot_be_read_are_told_before_the_start(folder):
    settings = made({"tls": {"cert": folder / "nosuch.pem"}})
    with pytest.raises(OSError, match="No such file"):
        server_of(application(settings, lambda: datetime.now(UTC)), settings)
