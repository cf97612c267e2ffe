"""Figures, and how they are shown."""

import json
from dataclasses import asdict, dataclass
from typing import Optional


@dataclass
class Figure:
    """One measured thing: Haul's value, a peer's in the same run, and what is asked of Haul.

    With a peer the target is for `ratio`, Haul's value over the peer's; without one it is for Haul's value.
    """

    part: str
    what: str
    unit: str
    haul: float
    peer: str = ""
    peer_value: Optional[float] = None
    at_least: Optional[float] = None
    at_most: Optional[float] = None

    @property
    def ratio(self):
        return self.haul / self.peer_value if self.peer_value else None

    @property
    def target(self):
        sign, bound = (">=", self.at_least) if self.at_least is not None else ("<=", self.at_most)
        if bound is None:
            return ""
        return f"{sign} {bound:g}" + (" x" if self.peer else f" {self.unit}".rstrip())

    @property
    def verdict(self):
        judged = self.ratio if self.peer else self.haul
        if self.at_least is not None:
            return "met" if judged >= self.at_least else "missed"
        if self.at_most is not None:
            return "met" if judged <= self.at_most else "missed"
        return ""


def to_json(figures):
    """The figures as a JSON text."""
    extra = ("ratio", "target", "verdict")
    return json.dumps([asdict(f) | {name: getattr(f, name) for name in extra} for f in figures], indent=2)


def to_text(figures):
    """The figures as an aligned table."""
    rows = [("", "measured", "haul", "peer", "its value", "ratio", "target", "")]
    for f in figures:
        ratio = "" if f.ratio is None else f"{f.ratio:.2f} x"
        what = f"{f.what}, {f.unit}" if f.unit else f.what
        values = (_number(f.haul), f.peer, _number(f.peer_value), ratio)
        rows.append((f.part, what, *values, f.target, f.verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    numbers = {2, 4, 5}
    lines = []
    for row in rows:
        cells = (c.rjust(w) if i in numbers else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths)))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
