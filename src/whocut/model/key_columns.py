"""Columns by which rows of pass 2 are told apart: the same words in every table."""

from typing import Final

import pyarrow as pa

from whocut.model.table import TEXT, Column

__all__ = ["ORIGIN", "PROBE_ASN", "PROBE_CC", "TARGET", "WEEK"]

ORIGIN: Final = Column("origin", TEXT, "ooni for the world's measurements, lab for emulated ones.")
PROBE_CC: Final = Column("probe_cc", TEXT, "Country of the probes, ISO 3166-1 alpha-2.")
PROBE_ASN: Final = Column("probe_asn", pa.int64(), "AS of the probes; 0 where the source has none.")
TARGET: Final = Column("target", TEXT, "Registrable domain, or the address.")
WEEK: Final = Column("week", pa.date32(), "Monday of the week (ISO 8601), UTC.")
