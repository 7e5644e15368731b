"""``whocut desk``: the keepers' side of the desk; the secret key is never on the server."""

from typing import Final

from cyclopts import App

__all__ = ["SUB_COMMANDS", "desk"]

SUB_COMMANDS: Final = {
    "keys": "whocut.cli.desk_keys:keys",
    "list": "whocut.cli.desk_queue:list_forms",
    "open": "whocut.cli.desk_queue:open_form",
    "decide": "whocut.cli.desk_decide:decide_forms",
    "verify": "whocut.cli.desk_verify:verify",
    "count": "whocut.cli.desk_count:count",
}
"""Each loads its own module only, when it is asked for."""

desk = App(
    name="desk",
    help="Reports, replies and corrections that were sealed: for the keepers, with their key.",
    version_flags=[],
)
for _name, _place in SUB_COMMANDS.items():
    desk.command(_place, name=_name)
