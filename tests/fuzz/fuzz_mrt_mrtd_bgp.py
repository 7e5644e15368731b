"""Fuzz MRT records: the BGP type of MRTd."""

from mrt_target import fuzz_record_type

if __name__ == "__main__":
    fuzz_record_type(5, "mrtd_bgp", "mrtd_state")
