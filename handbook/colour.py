"""Colours of a municipality, made safe to read. Contrast as in WCAG 2.2, "contrast ratio"."""

from __future__ import annotations

WHITE = (255, 255, 255)
NIGHT = (22, 27, 34)  # the page's background in the dark scheme, #161b22
ENOUGH = 4.5
Rgb = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    """`#00811f` as numbers from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hexed(colour: Rgb) -> str:
    """Numbers as `#00811f`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Rgb) -> float:
    """Relative luminance, 0 to 1."""
    parts = [c / 255 for c in colour]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def towards(colour: Rgb, goal: Rgb, share: float) -> Rgb:
    """A mix: share 0 is the colour, 1 the goal."""
    red, green, blue = (round(c + (g - c) * share) for c, g in zip(colour, goal, strict=True))
    return red, green, blue


def readable(colour: str, on: Rgb) -> str:
    """The colour, moved towards black or white as far as text in it needs to be read on the background."""
    start = rgb(colour)
    goal = (0, 0, 0) if luminance(on) > 0.18 else WHITE
    for step in range(101):
        mixed = towards(start, goal, step / 100)
        if contrast(mixed, on) >= ENOUGH:
            return hexed(mixed)
    return hexed(goal)


def city_css(accent: str) -> str:
    """The style sheet that carries a municipality's colour."""
    ink = readable(accent, towards(WHITE, rgb(accent), 0.07))
    return (
        ":root {\n"
        f"  --city: {accent};\n"
        f"  --city-ink: {ink};\n"
        f"  --city-tint: {hexed(towards(WHITE, rgb(accent), 0.07))};\n"
        f"  --city-night: {readable(accent, towards(NIGHT, WHITE, 0.08))};\n"
        "}\n"
    )
