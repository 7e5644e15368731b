"""What every part of ``whocut desk`` asks for: the copied folder, the keys, the decisions."""

import getpass
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from whocut.cli.terminal import clean, is_terminal
from whocut.model.errors import InputError
from whocut.publish.desk.decisions import Decided, load_decisions
from whocut.publish.desk.keys import SECRET_NAME, load_secret

if TYPE_CHECKING:
    from nacl.public import PrivateKey

__all__ = ["QUEUE", "KeeperName", "QueueOptions", "asked_passphrase"]

KeeperName = Annotated[str, Parameter(name="--by", help="Who decides: a short name of the keeper.")]


@Parameter(name="*")
@dataclass(frozen=True)
class QueueOptions:
    """Options that say where the keepers' things lie."""

    queue: Annotated[
        Path, Parameter(help="A copy of the folder `desk` of the server's observatory.")
    ] = Path("desk")
    key: Annotated[
        tuple[Path, ...],
        Parameter(help="A secret key; once for each, where there were several.", negative=""),
    ] = (Path(SECRET_NAME),)
    decisions: Annotated[
        Path, Parameter(help="The folder of decisions; those of all keepers may lie in it.")
    ] = Path("desk-decisions")

    def keys(self) -> "list[PrivateKey]":
        """Read the secret keys, asking for passphrases.

        Raises: InputError naming a file that is missing, or that holds none.
        """
        missing = next((path for path in self.key if not path.is_file()), None)
        if missing is not None:
            raise InputError(
                "no such file; --key names the secret key of the keepers, whocut desk keys makes "
                "one",
                source=str(missing),
            )
        return [load_secret(path, asked_passphrase) for path in self.key]

    def decided(self) -> dict[str, list[Decided]]:
        """Read the decisions, those of nobody yet included."""
        return load_decisions(self.decisions)


QUEUE: Final = QueueOptions()
"""What holds when nothing is asked for."""


def asked_passphrase(question: str) -> str:
    """Ask for a passphrase without showing it; from a pipe, take one line."""
    if is_terminal(sys.stdin):
        return getpass.getpass(clean(question))
    sys.stderr.write(clean(question) + "\n")
    return sys.stdin.readline().rstrip("\r\n")
