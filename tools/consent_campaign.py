"""Ask the compiled engine and the reference interpreter of consent the same, often: `make campaign`, a million times.

Worlds are random and small, so that rules meet requests; the seed is printed, and the same seed gives the same worlds.
"""

import random
import sys
from collections import Counter
from pathlib import Path

from samspil_consent import Engine, load_profile, profile_names
from samspil_consent.engine import effect_of_opinion
from samspil_consent.reference import decide_opinion

sys.path.insert(0, str(Path(__file__).parents[1] / "packages" / "consent" / "tests"))
from worlds import CONTEXTS, a_consent, a_request

REQUESTS = 20
SHOWN = 3


def main(wanted: int = 1_000_000, seed: int = 1) -> None:
    """Compare `wanted` decisions, print what was decided, and leave with 1 where any differ."""
    source = random.Random(seed)  # noqa: S311  worlds, not secrets
    profiles = [load_profile(name) for name in profile_names()]
    effects: Counter[str] = Counter()
    differ = 0
    while effects.total() < wanted:
        consents = [a_consent(source, str(at)) for at in range(source.choice((0, 1, 2, 3)))]
        profile, context = source.choice(profiles), source.choice(CONTEXTS)
        engine = Engine(consents, profile, context)
        for _ in range(REQUESTS):
            request = a_request(source)
            compiled = engine.opinion(engine.prepare(request))
            effects[effect_of_opinion(compiled)] += 1
            if compiled != decide_opinion(consents, request, profile, context):
                differ += 1
                if differ <= SHOWN:
                    print("differs:", profile.name, consents, request)
    print(f"seed {seed}: {effects.total():,} decisions, {differ} differ; {dict(effects)}")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
