"""``whocut completion``: a completion script for a shell."""

import sys
from typing import Annotated, Literal

from cyclopts import Parameter

__all__ = ["completion"]


def completion(
    shell: Annotated[
        Literal["bash", "zsh", "fish"], Parameter(help="The shell to write a script for.")
    ],
    /,
) -> int:
    """Print a completion script; put it where the shell looks for such scripts.

    - bash: ~/.local/share/bash-completion/completions/whocut
    - zsh: a directory of $fpath, as _whocut
    - fish: ~/.config/fish/completions/whocut.fish
    """
    from whocut.cli.app import build_app

    sys.stdout.write(
        build_app(is_whole=True).generate_completion(prog_name="whocut", shell=shell).rstrip()
    )
    sys.stdout.write("\n")
    return 0
