"""``python -m whocut.cli``: the same as ``whocut``."""

import sys

from whocut.cli.app import main

sys.exit(main())
