"""Who stopped carrying whom between snapshots, and why (docs/methods/route-changes.md)."""

from whocut.routes.changes.answer import (
    CAVEATS,
    CountryChange,
    CustomerChange,
    Hypothesis,
    ProviderChange,
    Verdict,
)
from whocut.routes.changes.panel import Panel, build_panel
from whocut.routes.changes.report import country_changes, named_changes, scan, scan_windows
from whocut.routes.changes.thresholds import Thresholds, load_thresholds
from whocut.routes.changes.window import Window, month_label, window_between, windows_of

__all__ = [
    "CAVEATS",
    "CountryChange",
    "CustomerChange",
    "Hypothesis",
    "Panel",
    "ProviderChange",
    "Thresholds",
    "Verdict",
    "Window",
    "build_panel",
    "country_changes",
    "load_thresholds",
    "month_label",
    "named_changes",
    "scan",
    "scan_windows",
    "window_between",
    "windows_of",
]
