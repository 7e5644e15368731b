"""Fuzz MRT records: TABLE_DUMP_V2, tables of peers and of routes."""

from mrt_target import fuzz_record_type
from tests.unit.ingest.mrt.made_records import PEERS

if __name__ == "__main__":
    fuzz_record_type(13, "rib_ipv4", "rib_ipv6", "rib_add_path", "rib_generic", before=PEERS)
