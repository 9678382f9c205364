"""The account: what was acknowledged beside what the FHIR server took, and what was promised of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from samspil_hl7v2.batch import Options, convert_one
from samspil_hl7v2.reader import RawMessage

from .faults import AFTER, Window
from .load import facility, message
from .receiver import TAKEN
from .senders import Sender

_SAMPLE = 500


@dataclass
class Account:
    """Messages by what became of them. The lists name some of each, as `sender/number`."""

    acknowledged: int = 0
    received: int = 0
    rejected: int = 0
    refused_first: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    other_bytes: list[str] = field(default_factory=list)
    compared: int = 0
    sent_again: int = 0
    taken_at: "Counter[int]" = field(default_factory=Counter)


def judge(  # noqa: PLR0913, PLR0917  both sides of the account, and when faults were
    seed: int, senders: list[Sender], tally: Path, dead: set[bytes], origin: float, windows: list[Window]
) -> Account:
    """Compare. `dead` are the dead letters left in the inbox, their bytes; `origin` is the wall time of the start.

    A bundle that comes a second time with the same bytes, around a fault, changes nothing at the server, as its requests
    are conditional or name ids made from the message: that is counted as sent again. Any other second one is doubled.
    """
    account = Account()
    numbers = {" ".join(reversed(facility(each.sender))): at for at, each in enumerate(senders)}
    seen: list[dict[int, bytes]] = [{} for _ in senders]
    refused: list[set[int]] = [set() for _ in senders]
    last = [-1] * len(senders)
    for moment, what, named, control, digest in _lines(tally):
        at = numbers.get(named)
        if at is None or not control.isdigit() or int(control) >= senders[at].done:
            account.strange.append(f"{named}/{control}")
            continue
        number, who = int(control), f"{senders[at].sender}/{control}"
        if what != TAKEN:
            refused[at].add(number) if what == "422" else None
            continue
        account.taken_at[int(moment - origin)] += 1
        if number in seen[at]:
            near = any(begun - 1 <= moment - origin <= ended + AFTER for _, begun, ended in windows)
            if near and seen[at][number] == digest:
                account.sent_again += 1
            else:
                account.doubled.append(who)
            continue
        seen[at][number] = digest
        if number in refused[at]:
            continue  # it was dead, and replayed: others went before
        if number < last[at]:
            account.out_of_order.append(who)
        last[at] = number
    account.refused_first = sum(map(len, refused))
    _compare(account, seed, senders, seen)
    expected = {message(seed, each.sender, n).data: f"{each.sender}/{n}" for each in senders for n in each.refused}
    account.rejected = len(expected)
    account.lost += [name for data, name in expected.items() if data not in dead]
    account.strange += [f"a dead letter of {len(data)} bytes" for data in dead - expected.keys()]
    return account


def _compare(account: Account, seed: int, senders: list[Sender], seen: list[dict[int, bytes]]) -> None:
    for each, taken in zip(senders, seen, strict=True):
        bad = set(each.refused)
        account.acknowledged += each.done - len(bad)
        account.received += len(taken)
        account.lost += [f"{each.sender}/{n}" for n in range(each.done) if n not in taken and n not in bad]
        for number in range(each.sender, each.done, _SAMPLE):
            if number in taken:
                account.compared += 1
                data = message(seed, each.sender, number).data
                made = convert_one(RawMessage(data, "", 1), Options()).bundle or b""
                if _digest(made) != taken[number]:
                    account.other_bytes.append(f"{each.sender}/{number}")


def _digest(data: bytes) -> bytes:
    return sha256(data).hexdigest()[:16].encode()


def _lines(tally: Path) -> Iterator[tuple[float, str, str, str, bytes]]:
    with tally.open(encoding="utf-8") as file:
        for line in file:
            moment, what, named, control, digest = line.rstrip("\n").split("\t")
            yield float(moment), what, named, control, digest.encode()
