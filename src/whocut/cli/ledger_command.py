"""``whocut ledger``: documented cut-offs, by companies and states alike, and the law of the day."""

from typing import Final

from cyclopts import App

__all__ = ["SUB_COMMANDS", "ledger"]

SUB_COMMANDS: Final = {
    "list": "whocut.cli.ledger_list:list_records",
    "show": "whocut.cli.ledger_show:show",
    "stats": "whocut.cli.ledger_stats:stats",
    "timeline": "whocut.cli.ledger_timeline:timeline",
    "assess": "whocut.cli.ledger_assess:assess",
    "lags": "whocut.cli.ledger_lags:lags",
    "scorecard": "whocut.cli.ledger_scorecard:scorecard",
    "add": "whocut.cli.ledger_add:add",
    "check": "whocut.cli.ledger_check:check",
    "diff": "whocut.cli.ledger_diff:diff",
    "export": "whocut.cli.ledger_export:export",
    "release": "whocut.cli.ledger_verify:release",
    "verify": "whocut.cli.ledger_verify:verify",
}
"""Each loads its own module only, when it is asked for."""

ledger = App(
    name="ledger",
    help="Documented cut-offs, by companies and states alike, and the law of the day.",
    version_flags=[],
)
for _name, _place in SUB_COMMANDS.items():
    ledger.command(_place, name=_name)
