"""What the audit finds: one fault is a gate, a page, the state it was in, the rule it breaks, and the element."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that must be mended."""

    gate: str
    page: str
    state: str
    rule: str
    node: str = ""

    def __str__(self) -> str:
        """One line of the list that is printed."""
        return " | ".join(filter(None, (self.gate, self.page, self.state, self.rule, self.node)))
