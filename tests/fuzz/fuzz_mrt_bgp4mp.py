"""Fuzz MRT records: BGP4MP, every subtype."""

from mrt_target import fuzz_record_type

if __name__ == "__main__":
    fuzz_record_type(
        16,
        "message_as4",
        "message_mp",
        "message_old",
        "message_add_path",
        "state_change",
        "bgp4mp_entry",
    )
