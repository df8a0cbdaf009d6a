"""The bars above the slider, as one SVG image: each is aligned with its days on the slider.

A chart library would redraw at every step of the slider; here only the veil over the days outside the period moves.
"""

import math
from collections import defaultdict
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from urllib.parse import quote

from dashboard.errors import counted
from dashboard.maps.palette import TYPE_STYLE
from dashboard.model import EventType
from dashboard.store.summary import Bar, Grain, Span
from dashboard.taxonomy import title_of
from dashboard.ui.shared import wording

WIDE, HIGH = 1000, 100
"""Units of the image between the slider's ends; style.css stretches it."""
_HALF_DAY: Final = 0.42
"""How far a bar extends beyond the middle of its first and last day, in days."""
_WIDEST: Final = 22 / 600 * WIDE
"""Limit for the overhang of a bar, so that a few days do not produce bars wider than high."""
_BETWEEN_LABELS: Final = 2
"""Free space between two labels under the bars, in digits."""
UNSURE = 0.45
"""Opacity of events that only may have happened in a bar."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FORMATS = {Grain.DAY: "{d} {m}", Grain.WEEK: "{d} {m} {y}", Grain.MONTH: "{m} {y}", Grain.YEAR: "{y}"}


class IdenticalBars:
    """Bars hashed by identity: those of a summary are the same object while only the period changes."""

    __slots__ = ("bars",)

    def __init__(self, bars: tuple[Bar, ...]) -> None:
        self.bars = bars

    def __hash__(self) -> int:
        return id(self.bars)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdenticalBars) and other.bars is self.bars


@lru_cache(maxsize=64)
def bars_html(identical: IdenticalBars, ends: Span, grain: Grain) -> str:
    """The bars, their scale and the labels below, as HTML; ``ends`` are the days at the slider's ends."""
    bars = identical.bars
    heights: dict[date, float] = defaultdict(float)
    for bar in bars:
        heights[bar.start] += bar.certain + bar.spread
    most = max(heights.values(), default=0.0) or 1.0
    hover = "".join(
        f"<i class='bin' style='left:{x / WIDE:.2%};width:{width / WIDE:.2%}' title='{words}'></i>"
        for x, width, words in _bins(bars, ends)
    )
    lines = "".join(
        f"<div class='tick' style='bottom:{value / most:.1%}'><span>{value:,}</span></div>" for value in ticks(most)
    )
    days = "".join(
        f"<span style='left:{share:.2%};--room:{room:.0f}ch'>{words}</span>"
        for share, room, words in _days(ends, grain)
    )
    picture = _picture(bars, ends, most)
    return f"<div class='bars'>{lines}{picture}{hover}</div><div class='days' aria-hidden='true'>{days}</div>"


def _picture(bars: tuple[Bar, ...], ends: Span, most: float) -> str:
    """An image that extends as far beyond the slider's ends as the first and the last bar do."""
    edge = _bar_overhang(ends)
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{-edge:.1f} 0 {WIDE + 2 * edge:.1f} {HIGH}'"
        f" preserveAspectRatio='none'>{_paths(bars, ends, most)}</svg>"
    )
    total = round(sum(bar.certain + bar.spread for bar in bars))
    words = f"{counted(total, 'dated event')} from {wording.days_in_words(*ends, 'to')}"
    style = f"left:{-edge / WIDE:.2%};width:{1 + 2 * edge / WIDE:.2%}"
    return f"<img alt='{words}' style='{style}' src='data:image/svg+xml,{quote(svg)}'>"


def outside_html(chosen: Span, ends: Span) -> str:
    """A veil over the days outside the chosen period, as HTML to lay over the bars."""
    half = 0.5 / (ends[1] - ends[0]).days  # a day extends half a day to both sides of its thumb
    before, after = (max(share, 0.0) for share in (_share(chosen[0], ends) - half, 1 - half - _share(chosen[1], ends)))
    return f"<div class='outside'>{_veil('left', before)}{_veil('right', after)}</div>"


def _veil(side: str, share: float) -> str:
    return f"<i class='{side}' style='width:calc({share:.2%} + 22px)'></i>" if share else ""


def _paths(bars: tuple[Bar, ...], ends: Span, most: float) -> str:
    """Two paths per type: events certainly in the bar below, and above them, faded, shares of uncertain dates."""
    tops: dict[date, float] = defaultdict(float)
    drawn: dict[tuple[EventType, bool], list[str]] = defaultdict(list)
    for certain in (True, False):
        for bar in bars:
            count = bar.certain if certain else bar.spread
            if count:
                x, width = _bar_position(bar.start, bar.end, ends)
                height = count / most * HIGH
                tops[bar.start] += height
                drawn[bar.event_type, certain].append(
                    f"M{x:.1f} {HIGH - tops[bar.start]:.2f}h{width:.1f}v{height:.2f}h-{width:.1f}z"
                )
    return "".join(
        f"<path fill='{TYPE_STYLE[kind].colour}' opacity='{1 if certain else UNSURE}' d='{''.join(parts)}'/>"
        for (kind, certain), parts in drawn.items()
    )


def _bins(bars: tuple[Bar, ...], ends: Span) -> list[tuple[float, float, str]]:
    """Left edge, width and tooltip of each bar."""
    lines: dict[tuple[date, date], list[str]] = defaultdict(list)
    for bar in bars:
        sure = f"{bar.certain:,}" if bar.certain else ""
        unsure = f"{bar.spread:.2g} as a share of uncertain dates" if bar.spread else ""
        lines[bar.start, bar.end].append(f"{title_of(bar.event_type)}: {' and '.join(filter(None, (sure, unsure)))}")
    return [
        (*_bar_position(*days, ends), f"{wording.days_in_words(*days)}&#10;{'&#10;'.join(words)}")
        for days, words in lines.items()
    ]


def _share(day: date, ends: Span) -> float:
    """Position of a day between the ends: 0 to 1."""
    return (day - ends[0]).days / (ends[1] - ends[0]).days


def _bar_overhang(ends: Span) -> float:
    """How far a bar extends beyond the middle of its first and last day, in units of the image."""
    return min(_HALF_DAY * WIDE / (ends[1] - ends[0]).days, _WIDEST)


def _bar_position(start: date, end: date, ends: Span) -> tuple[float, float]:
    """Left edge and width of a bar."""
    day, reach = WIDE / (ends[1] - ends[0]).days, _bar_overhang(ends)
    left, right = (max(start, ends[0]) - ends[0]).days * day - reach, (min(end, ends[1]) - ends[0]).days * day + reach
    return left, max(right - left, 0.5)


def ticks(most: float) -> list[int]:
    """Two or three round numbers up to the highest bar."""
    steps = (n * 10**power for power in range(12) for n in (1, 2, 5))
    step = next(step for step in steps if most / step <= 3)
    return [n * step for n in range(1, int(most / step) + 1)]


def _days(ends: Span, grain: Grain) -> list[tuple[float, float, str]]:
    """Position (0 to 1), minimum width of the timeline (in digits) and text of each label.

    Only the browser knows the width of the timeline. So every second label needs the space that all of them take, every
    fourth half of it, and so on: what a narrow screen leaves out is spaced evenly.
    """
    labels = _labels(ends, grain)
    shares = [_share(day, ends) for day, _ in labels]
    longest = max((len(words) for _, words in labels), default=0) + _BETWEEN_LABELS
    rooms = []
    for n in range(len(labels)):
        step = n & -n or len(labels)  # largest power of two in n: the sparsest selection with this label
        kept = shares[::step]
        rooms.append(max((longest / (right - left) for left, right in pairwise(kept)), default=0.0))
    return [(share, room, words) for share, room, (_, words) in zip(shares, rooms, labels, strict=True)]


def _labels(ends: Span, grain: Grain) -> list[tuple[date, str]]:
    """At most eight labels under the bars: days or, for long spans, the beginnings of months or years."""
    count = (ends[1] - ends[0]).days
    if grain in (Grain.DAY, Grain.WEEK):
        each = math.ceil(count / 7)
        days = [ends[0] + timedelta(days=n) for n in range(0, count + 1, each)]
    else:
        first, last = (day.year * 12 + day.month - 1 for day in ends)
        first += ends[0].day > 1  # a month that has begun before the slider does is not labelled
        each = next(
            n for n in (1, 2, 3, 6, *(12 * k for k in (1, 2, 5, 10, 20, 50, 100))) if (last - first + 1) / n <= 7.5
        )
        months = range(math.ceil(first / each) * each, last + 1, each)
        days = [date(month // 12, month % 12 + 1, 1) for month in months]
    form = (
        "{y}" if days and grain is not Grain.DAY and all((d.day, d.month) == (1, 1) for d in days) else _FORMATS[grain]
    )
    return [(day, form.format(d=day.day, m=_MONTHS[day.month - 1], y=day.year)) for day in days]
