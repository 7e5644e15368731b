"""Fuzz MRT records: TABLE_DUMP, one entry or many."""

from mrt_target import fuzz_record_type

if __name__ == "__main__":
    fuzz_record_type(12, "table_dump", "table_dump_ipv6", "table_dump_many")
