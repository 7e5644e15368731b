"""One edition of the ledger for all tests of the desk's pages."""

import pytest

from tests.unit.publish.desk.at_the_desk import ledger_edition


@pytest.fixture(scope="session")
def edition(tmp_path_factory):
    return ledger_edition(tmp_path_factory.mktemp("edition"))
