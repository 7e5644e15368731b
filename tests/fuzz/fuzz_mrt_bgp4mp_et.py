"""Fuzz MRT records: BGP4MP_ET, every subtype."""

from mrt_target import fuzz_record_type

if __name__ == "__main__":
    fuzz_record_type(17, "message_et")
