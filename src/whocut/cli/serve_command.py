"""``whocut serve``: the pages, on this machine."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from whocut.cli.question import ObservatoryOption, observatory_directory
from whocut.cli.terminal import say
from whocut.model.errors import UsageError

__all__ = ["serve"]


def serve(
    *,
    observatory: ObservatoryOption = None,
    host: Annotated[
        str, Parameter(help="The address to listen at; 0.0.0.0 or :: is every one of this machine.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        Parameter(
            validator=validators.Number(gte=0, lte=65535), help="The port; 0 takes a free one."
        ),
    ] = 8000,
    once_built: Annotated[
        bool,
        Parameter(
            negative="",
            help="Open the port only when the pages are built; without it they say meanwhile that "
            "they are being made.",
        ),
    ] = False,
    desk_key: Annotated[
        Path | None,
        Parameter(
            help="The case workers' public key, if it is not desk.pub in the observatory; whocut "
            "desk keys makes one. Without a key no report is taken."
        ),
    ] = None,
) -> int:
    """Serve the pages of an observatory.

    They are built from what ships and from what the observatory holds, and built anew beside the
    running server whenever that changes. Nothing is noted of who reads what.
    """
    from whocut.publish.desk.keys import load_public
    from whocut.publish.site.serving import serve as serve_pages

    place = observatory_directory(observatory)
    if not isinstance(place, Path):
        raise UsageError(f"{place}: pages are served from an observatory on this machine")
    if desk_key is not None:
        load_public(desk_key)  # a key that cannot be read is told before anything is served
    serve_pages(
        place,
        host=host,
        port=port,
        tell=lambda words: say(f"whocut: {words}"),
        is_built_first=once_built,
        desk_key=desk_key,
    )
    return 0
