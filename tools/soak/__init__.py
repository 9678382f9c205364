"""The fault campaign: a listener under load while its machine, its network and its FHIR server fail, and the account of it.

    python -m tools.soak --minutes 60 --rate 300 --out build/soak

Senders of their own names send a mixed load over MLLP, each message after the answer to the one before, and send again what
was not acknowledged. Meanwhile the listener is killed, connections are cut, the disk is full, the FHIR server is slow,
refuses, is busy or dead. At the end every acknowledged message must have reached the server once, in the order of its
sender, with memory flat and answers quick.
"""
