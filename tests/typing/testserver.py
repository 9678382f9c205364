"""The test server as a caller writes it."""

from samspil_testserver import TestServer

server = TestServer(base="http://test")
server.load([{"resourceType": "Patient", "id": "1"}])
