"""Build tailored training handbooks: one municipality, one language, one edition at a time."""

__version__ = "0.1.0"
