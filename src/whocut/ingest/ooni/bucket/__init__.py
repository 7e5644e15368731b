"""OONI's public bucket: what it holds for a country and some days, and how to have it here."""

from whocut.ingest.ooni.bucket.layout import (
    BucketObject,
    FetchPlan,
    FetchRequest,
    hour_prefixes,
    local_path,
    parse_key,
    select_objects,
)
from whocut.ingest.ooni.bucket.transfer import (
    DEFAULT_BUCKET,
    FetchProgress,
    FetchResult,
    download,
    missing_bytes,
    plan_fetch,
)

__all__ = [
    "DEFAULT_BUCKET",
    "BucketObject",
    "FetchPlan",
    "FetchProgress",
    "FetchRequest",
    "FetchResult",
    "download",
    "hour_prefixes",
    "local_path",
    "missing_bytes",
    "parse_key",
    "plan_fetch",
    "select_objects",
]
