"""``whocut desk keys``: a key pair for the keepers."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from whocut.cli.desk_options import asked_passphrase
from whocut.cli.output import AS_TABLE, Output, write_json
from whocut.cli.terminal import print_prose
from whocut.model.errors import UsageError
from whocut.publish.desk.keys import Strength, make_keys

__all__ = ["keys"]

_LEAST_PASSPHRASE = 12
"""Characters. Provisional; Argon2id makes each guess cost a third of a second and 256 MB."""


def keys(
    *,
    to: Annotated[Path, Parameter(help="Folder of the keepers' machine; never the server's.")] = (
        Path()
    ),
    passphrase: Annotated[
        bool, Parameter(help="Ask for a passphrase, without which the secret key opens nothing.")
    ] = True,
    strength: Annotated[
        Strength, Parameter(help="What it costs to guess the passphrase, and to use it.")
    ] = Strength.MODERATE,
    output: Output = AS_TABLE,
) -> int:
    """Make a key pair: desk.key stays here, desk.pub goes to the server.

    Run it on the keepers' machine. Without desk.key nothing that was sealed can ever be opened:
    keep a copy of it in another place.
    """
    secret, public = make_keys(to, passphrase=_asked() if passphrase else "", strength=strength)
    if output.form == "json":
        write_json({"secret": str(secret), "public": str(public), "passphrase": passphrase})
        return 0
    print_prose(f"Wrote {secret} (keep it here, and a copy elsewhere) and {public}.", style="bold")
    if not passphrase:
        print_prose("No passphrase: whoever has the file opens every report.")
    print_prose("Next: copy desk.pub into the server's observatory, and start the server again.")
    return 0


def _asked() -> str:
    first = asked_passphrase("Passphrase for the secret key: ")
    if len(first) < _LEAST_PASSPHRASE:
        raise UsageError(
            f"at least {_LEAST_PASSPHRASE} characters are needed, better five words of chance; "
            "or --no-passphrase"
        )
    if asked_passphrase("The same again: ") != first:
        raise UsageError("the two are not the same; nothing is written")
    return first
