"""``whocut routes``: who carries a country, who left, and what if others follow."""

from typing import Final

from cyclopts import App

__all__ = ["SUB_COMMANDS", "routes"]

SUB_COMMANDS: Final = {
    "country": "whocut.cli.routes_country:country",
    "as": "whocut.cli.routes_as:autonomous_system",
    "changes": "whocut.cli.routes_changes:changes",
    "whatif": "whocut.cli.routes_whatif:whatif",
    "mincut": "whocut.cli.routes_mincut:mincut",
    "compare": "whocut.cli.routes_compare:compare",
    "rib": "whocut.cli.routes_rib:rib",
    "breaks": "whocut.cli.routes_breaks:breaks",
    "paths": "whocut.cli.routes_paths:paths",
}
"""Each loads its own module only, when it is asked for."""

routes = App(
    name="routes",
    help="Who carries a country, who left, and what if others follow.",
    version_flags=[],
)
for _name, _place in SUB_COMMANDS.items():
    routes.command(_place, name=_name)
