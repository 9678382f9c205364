"""What a run promised, and whether it held."""

from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from .campaign import Run
from .faults import AFTER, outside

P99_MS = 25.0
LONG_LIFE = 600.0
GROWTH = 0.10


class Promise(NamedTuple):
    """A promise: its words, whether it held (None: not to be told from this run), and the figure."""

    words: str
    held: bool | None
    figure: str


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def quiet(run: Run) -> list[float]:
    """Latencies of the answers to what was sent outside the windows of faults and the seconds after them."""
    return [
        late for at, late in zip(run.told.at, run.told.latency, strict=True) if outside(run.windows, at - late / 1000)
    ]


def in_windows(run: Run) -> dict[str, list[float]]:
    """Latencies inside the windows, by fault."""
    found: dict[str, list[float]] = {}
    for name, begun, ended in run.windows:
        inside = (late for at, late in zip(run.told.at, run.told.latency, strict=True) if begun <= at <= ended + AFTER)
        found.setdefault(name, []).extend(inside)
    return found


def memory(run: Run) -> tuple[float, float, float] | None:
    """Seconds of the longest life of the listener, and its median bytes in the second and in the last quarter of it."""
    starts = [*run.lives, run.plan.seconds]
    begun, ended = max(pairwise(starts), key=lambda life: life[1] - life[0])
    sizes = [
        sum(each)
        for at, each in zip(run.watched.at, run.watched.memory, strict=True)
        if begun + 2 < at < ended and each
    ]
    if ended - begun < LONG_LIFE or len(sizes) < 8:  # noqa: PLR2004  four quarters of two
        return None
    quarter = len(sizes) // 4
    return ended - begun, median(sizes[quarter : 2 * quarter]), median(sizes[3 * quarter :])


def promises(run: Run, *, timed: bool) -> list[Promise]:
    """All promises; those of speed only where the run is `timed`."""
    account, told = run.account, run.told
    answered = sum(1 for at in told.at for begun, ended in run.no_writing if begun <= at <= ended)
    refused = sum(1 for at in told.not_stored for begun, ended in run.no_writing if begun <= at <= ended)
    found = [
        Promise("every message was offered and acknowledged", account.acknowledged > 0, f"{account.acknowledged:,}"),
        Promise("0 acknowledged messages lost", not account.lost, _some(account.lost)),
        Promise("0 doubled", not account.doubled, _some(account.doubled)),
        Promise("nothing came that was not sent", not account.strange, _some(account.strange)),
        Promise("the order of each sender kept", not account.out_of_order, _some(account.out_of_order)),
        Promise(
            "the server took the bytes that the converter makes",
            not account.other_bytes,
            f"{account.compared:,} compared",
        ),
        Promise("every answer fits its message", not told.wrong, _some(told.wrong)),
        Promise(
            "all delivered in the end", run.drained is not None, f"{run.drained or 0:.0f} s after the last message"
        ),
        Promise(
            "nothing acknowledged while no write is possible",
            answered == 0 and refused > 0 if run.no_writing else None,
            f"{answered} acknowledged, {refused} answered AE or CE",
        ),
    ]
    return found + (_timed(run) if timed else [])


def _timed(run: Run) -> list[Promise]:
    late, life = quiet(run), memory(run)
    offered = len(run.told.at) / run.plan.seconds
    p99 = percentile(late, 0.99)
    flat = Promise("memory flat", None, f"no life of {LONG_LIFE / 60:.0f} minutes")
    if life:
        change = life[2] / life[1] - 1
        said = f"{life[1] / 1e6:.1f} MB, then {life[2] / 1e6:.1f} MB ({change:+.1%}) in a life of {life[0] / 60:.0f} minutes"
        flat = Promise("memory flat", change < GROWTH, said)
    return [
        Promise(f"{run.plan.rate:g} messages/s", offered >= run.plan.rate * 0.995, f"{offered:.1f} messages/s"),
        Promise(
            f"answers: p99 under {P99_MS:g} ms outside faults",
            bool(late) and p99 < P99_MS,
            f"{p99:.1f} ms of {len(late):,}",
        ),
        flat,
    ]


def _some(names: list[str]) -> str:
    return f"{len(names)}" + (f": {', '.join(names[:5])}" if names else "")


def figures(run: Run, told: list[Promise]) -> dict[str, Any]:
    """Everything, as JSON."""
    late, account, count = quiet(run), run.account, max(1, len(run.told.at))
    seconds = per_second(run)
    return {
        "plan": run.plan._asdict(),
        "promises": [each._asdict() for each in told],
        "acknowledged": account.acknowledged,
        "taken by the FHIR server": account.received,
        "rejected, and kept as dead letters": account.rejected,
        "sent again around a fault, with no effect": account.sent_again,
        "refused by the FHIR server, and replayed": account.refused_first,
        "dead letters let wait again": run.replayed,
        "answer ms outside faults": _spread(late),
        "answer ms by fault": {name: _spread(values) for name, values in in_windows(run).items()},
        "faults": [{"name": w.name, "begun": round(w.begun, 2), "ended": round(w.ended, 2)} for w in run.windows],
        "connections cut": run.cuts,
        "starts of the listener": [round(at, 2) for at in run.lives],
        "processor ms a message": {name: round(used * 1000 / count, 3) for name, used in run.cpu.items()},
        "seen by the senders": dict(sorted(run.told.counts.items())),
        "disk of its own": run.mounted,
        "seconds": seconds,
    }


def _spread(values: list[float]) -> dict[str, float]:
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}
    found = {name: round(percentile(values, share), 2) for name, share in shares.items()}
    return {"answers": len(values), **found, "max": round(max(values, default=0.0), 2)}


def per_second(run: Run) -> list[dict[str, Any]]:
    """What was seen in each second of the run."""
    groups: dict[int, list[float]] = {}
    for at, late in zip(run.told.at, run.told.latency, strict=True):
        groups.setdefault(int(at), []).append(late)
    size = {int(at): each for at, each in zip(run.watched.at, run.watched.memory, strict=True)}
    waits = {int(at): each for at, each in run.watched.waiting}
    end = max([*groups, *size, 0])
    return [
        {
            "second": second,
            "answers": len(found := groups.get(second, [])),
            "p50": round(percentile(found, 0.5), 2),
            "p99": round(percentile(found, 0.99), 2),
            "max": round(max(found, default=0.0), 2),
            "taken": run.account.taken_at.get(second, 0),
            "memory": size.get(second, []),
            "waiting": waits.get(second),
        }
        for second in range(end + 1)
    ]
