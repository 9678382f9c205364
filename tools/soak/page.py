"""The report as one page that needs nothing else: what was promised, and four charts over the same time."""

from html import escape
from typing import Any, NamedTuple

_WIDE, _HIGH, _LEFT, _FOOT = 1000, 170, 58, 20
_STYLE = """
:root{--ink:#1d2733;--soft:#5b6776;--line:#d6dce3;--back:#fff;--fault:#f3b33d;--after:#f3b33d55;--a:#1667b7;--b:#c2410c;--c:#8896a6;--ok:#17703a;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa7b5;--line:#36414d;--back:#12181f;--fault:#b07a12;--after:#b07a1255;--a:#6db1f2;--b:#f08a55;--c:#738294;--ok:#59c283;--bad:#ff8a80}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);max-width:66rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:1.6rem 0 .2rem}p,figcaption{color:var(--soft);margin:.2rem 0}
table{border-collapse:collapse;width:100%;margin:.6rem 0}td,th{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}
td.n,th.n{text-align:right}.ok{color:var(--ok)}.bad{color:var(--bad);font-weight:600}figure{margin:0}svg{width:100%;height:auto;display:block}
svg text{font:11px system-ui,sans-serif;fill:var(--soft)}.grid{stroke:var(--line);stroke-width:1}.fault{fill:var(--fault);opacity:.5}.after{fill:var(--after)}
.k{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .3em 0 .9em;vertical-align:-1px}
path{fill:none;stroke-width:1.3;stroke-linejoin:round}.a{stroke:var(--a);background:var(--a)}.b{stroke:var(--b);background:var(--b)}.c{stroke:var(--c);background:var(--c)}
"""

Points = list[tuple[float, float | None]]


class Series(NamedTuple):
    """A line of a chart: its name, its colour (a, b or c) and its points; None breaks the line."""

    name: str
    colour: str
    points: Points


def page(told: dict[str, Any]) -> str:
    """The report of `verdict.figures` as HTML."""
    plan, rows = told["plan"], told["seconds"]
    broken = [each for each in told["promises"] if each["held"] is False]
    end = max(1, len(rows))
    title = f"{plan['seconds'] / 60:g} minutes at {plan['rate']:g} messages/s"
    charts = [
        _chart("Answers, milliseconds", _latencies(rows), told["faults"], end, logarithmic=True, mark=25.0),
        _chart("Messages a second", _rates(rows), told["faults"], end),
        _chart(
            "Waiting in the inbox",
            [_line("waiting", "a", rows, lambda row: row["waiting"])],
            told["faults"],
            end,
            gaps=False,
        ),
        _chart("Memory, MB", _memory(rows), told["faults"], end),
    ]
    verdict = f"<p class=bad>{len(broken)} promises broken</p>" if broken else "<p class=ok>Every promise held.</p>"
    body = [
        f"<h1>Fault campaign: {escape(title)}</h1>",
        verdict,
        _promises(told["promises"]),
        *charts,
        _faults(told),
        _rest(told),
    ]
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>Fault campaign</title><style>{_STYLE}</style>"
    return head + "\n".join(body) + "</html>\n"


def _promises(promises: list[dict[str, Any]]) -> str:
    words = {True: "<td class=ok>held", False: "<td class=bad>broken", None: "<td>not to be told"}
    rows = [f"<tr><td>{escape(e['words'])}{words[e['held']]}<td>{escape(e['figure'])}" for e in promises]
    return "<table><tr><th>promise<th><th>figure" + "".join(rows) + "</table>"


def _line(name: str, colour: str, rows: list[dict[str, Any]], value: Any) -> Series:
    return Series(name, colour, [(row["second"], value(row)) for row in rows])


def _latencies(rows: list[dict[str, Any]]) -> list[Series]:
    return [
        _line(name, colour, rows, lambda row, name=name: row[name] or None)
        for name, colour in (("max", "c"), ("p99", "b"), ("p50", "a"))
    ]


def _rates(rows: list[dict[str, Any]]) -> list[Series]:
    return [
        _line(name, colour, rows, lambda row, key=key: row[key])
        for name, key, colour in (("delivered", "taken", "b"), ("acknowledged", "answers", "a"))
    ]


def _memory(rows: list[dict[str, Any]]) -> list[Series]:
    def part(which: slice) -> Any:
        return lambda row: sum(row["memory"][which]) / 1e6 or None

    return [_line("listener", "a", rows, part(slice(0, 1))), _line("delivery", "b", rows, part(slice(1, None)))]


def _chart(
    title: str,
    series: list[Series],
    faults: list[dict[str, Any]],
    end: int,
    *,
    logarithmic: bool = False,
    mark: float = 0.0,
    gaps: bool = True,
) -> str:
    from math import log10

    top = max([value or 0.0 for each in series for _, value in each.points] + [mark, 1.0])
    low = 0.1

    def x(at: float) -> float:
        return _LEFT + (_WIDE - _LEFT - 8) * at / end

    def y(value: float) -> float:
        share = log10(max(value, low) / low) / log10(max(top, 1.0) / low) if logarithmic else value / top
        return 6 + (_HIGH - _FOOT - 6) * (1 - share)

    parts = [
        f'<rect class=after x="{x(f["begun"]):.1f}" y=6 width="{x(f["ended"] + 5) - x(f["begun"]):.1f}" height="{_HIGH - _FOOT - 6}"/>'
        for f in faults
    ]
    parts += [
        f'<rect class=fault x="{x(f["begun"]):.1f}" y=6 width="{max(1, x(f["ended"]) - x(f["begun"])):.1f}" height="{_HIGH - _FOOT - 6}"><title>{escape(f["name"])}</title></rect>'
        for f in faults
    ]
    for value in _ticks(top, logarithmic=logarithmic):
        parts.append(
            f'<line class=grid x1={_LEFT} x2={_WIDE - 8} y1="{y(value):.1f}" y2="{y(value):.1f}"/><text x={_LEFT - 6} y="{y(value) + 4:.1f}" text-anchor=end>{value:,g}</text>'
        )
    step = next(each for each in (10, 30, 60, 120, 300, 600, 1200) if end / each <= 13 or each == 1200)  # noqa: PLR2004  ticks that fit
    parts += [
        f'<text x="{x(at):.1f}" y={_HIGH - 5} text-anchor=middle>{at // 60}:{at % 60:02}</text>'
        for at in range(0, end, step)
    ]
    parts += [f'<path class={each.colour} d="{_path(each.points, x, y, gaps=gaps)}"/>' for each in series]
    if mark:
        parts.append(
            f'<line class=b stroke-dasharray="5 4" x1={_LEFT} x2={_WIDE - 8} y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>'
        )
    keys = "".join(f"<span class='k {each.colour}'></span>{escape(each.name)}" for each in reversed(series))
    return f'<h2>{escape(title)}</h2><figure><svg viewBox="0 0 {_WIDE} {_HIGH}" role=img aria-label="{escape(title)}">{"".join(parts)}</svg><figcaption>{keys}</figcaption></figure>'


def _path(points: Points, x: Any, y: Any, *, gaps: bool) -> str:
    made: list[str] = []
    pen = "M"
    for at, value in points:
        if value is None:
            pen = "M" if gaps else pen
            continue
        made.append(f"{pen}{x(at + 0.5):.1f} {y(value):.1f}")
        pen = "L"
    return "".join(made)


def _ticks(top: float, *, logarithmic: bool) -> list[float]:
    if logarithmic:
        return [value for value in (0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0) if value <= top]
    scale = 10 ** (len(str(int(top))) - 1)
    step = next(each for each in (scale / 5, scale / 2, scale, scale * 2, scale * 5) if top / each <= 5)  # noqa: PLR2004  lines that fit
    return [step * at for at in range(int(top / step) + 1)]


def _faults(told: dict[str, Any]) -> str:
    times: dict[str, list[float]] = {}
    for each in told["faults"]:
        times.setdefault(each["name"], []).append(each["ended"] - each["begun"])
    rows: list[str] = []
    spreads = {"outside faults": told["answer ms outside faults"], **told["answer ms by fault"]}
    for name, spread in spreads.items():
        lasted = times.get(name, [])
        cells = "".join(f"<td class=n>{spread[key]:,g}" for key in ("answers", "p50", "p99", "max"))
        rows.append(
            f"<tr><td>{escape(name)}<td class=n>{len(lasted) or ''}<td class=n>{f'{sum(lasted):.0f}' if lasted else ''}{cells}"
        )
    head = "<tr><th>fault<th class=n>times<th class=n>seconds<th class=n>answers<th class=n>p50 ms<th class=n>p99 ms<th class=n>max ms"
    return (
        "<h2>Answers by fault</h2><p>A fault's answers are those of its time and of the 5 seconds after it.</p><table>"
        + head
        + "".join(rows)
        + "</table>"
    )


def _rest(told: dict[str, Any]) -> str:
    skipped = {"plan", "promises", "seconds", "faults", "answer ms outside faults", "answer ms by fault"}
    rows = [f"<tr><td>{escape(name)}<td>{escape(_said(value))}" for name, value in told.items() if name not in skipped]
    return "<h2>Figures</h2><table>" + "".join(rows) + "</table>"


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {_said(each)}" for name, each in value.items())  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return ", ".join(map(_said, value))  # pyright: ignore[reportUnknownArgumentType]
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
