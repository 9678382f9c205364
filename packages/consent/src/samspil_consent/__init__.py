"""Consent: decisions that are right, fast, and able to explain themselves; enforcement with no way round.

`read_consent` brings a Consent or Permission into normal form, `decide` decides on a `Request` and says why, `Engine`
decides fast. A clock is never read: the request says when.
"""

from .context import Context
from .decision import Answer, decide, decide_with
from .directory import Directory
from .engine import Engine
from .model import Consent
from .profile import BadProfile, Profile, load_profile, profile_names
from .reading import read_consent, read_consents
from .request import BadRequest, Request, read_request

__all__ = [
    "Answer",
    "BadProfile",
    "BadRequest",
    "Consent",
    "Context",
    "Directory",
    "Engine",
    "Profile",
    "Request",
    "decide",
    "decide_with",
    "load_profile",
    "profile_names",
    "read_consent",
    "read_consents",
    "read_request",
]
