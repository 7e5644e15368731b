"""Distinct ids get distinct types."""

from typing import NewType

__all__ = ["Asn", "CountryCode", "FingerprintId", "MeasurementUid", "RuleId"]

Asn = NewType("Asn", int)
"""Autonomous system number; 0 where the source does not know it."""

CountryCode = NewType("CountryCode", str)
"""ISO 3166-1 alpha-2, upper case; ``ZZ`` where the source does not know it."""

MeasurementUid = NewType("MeasurementUid", str)
RuleId = NewType("RuleId", str)
FingerprintId = NewType("FingerprintId", str)
