"""Key pairs: the secret half is its owner's alone; a passphrase, where there is one, is needed."""

import stat

import msgspec
import pytest

from whocut.model.errors import InputError, UsageError
from whocut.publish.desk.keys import Strength, load_public, load_secret, make_keys


def nobody(question):
    raise AssertionError(question)


def test_a_pair_fits_together_and_the_secret_is_readable_by_its_owner_alone(tmp_path):
    secret, public = make_keys(tmp_path / "keys")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert bytes(load_secret(secret, nobody).public_key) == bytes(load_public(public))


def test_two_pairs_are_two(tmp_path):
    one, other = make_keys(tmp_path / "one")[1], make_keys(tmp_path / "other")[1]
    assert bytes(load_public(one)) != bytes(load_public(other))


def test_a_passphrase_is_asked_for_and_a_wrong_one_opens_nothing(tmp_path):
    secret, public = make_keys(tmp_path, passphrase="five words", strength=Strength.INTERACTIVE)
    key = load_secret(secret, lambda _: "five words")
    assert bytes(key.public_key) == bytes(load_public(public))
    assert b"five words" not in secret.read_bytes()
    with pytest.raises(InputError, match="does not open it"):
        load_secret(secret, lambda _: "six words")


def test_under_a_passphrase_the_secret_is_not_in_the_file(tmp_path):
    from base64 import b64encode

    secret, _ = make_keys(tmp_path, passphrase="five words", strength=Strength.INTERACTIVE)
    key = load_secret(secret, lambda _: "five words")
    assert b64encode(bytes(key)) not in secret.read_bytes()


def test_a_key_that_is_there_is_never_written_over(tmp_path):
    secret, _ = make_keys(tmp_path)
    before = secret.read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        make_keys(tmp_path)
    assert secret.read_bytes() == before


def test_a_key_file_that_asks_for_all_memory_is_refused(tmp_path):
    secret, _ = make_keys(tmp_path, passphrase="five words", strength=Strength.INTERACTIVE)
    found = msgspec.json.decode(secret.read_bytes())
    found["passphrase"]["memory_bytes"] = 1 << 40
    secret.write_bytes(msgspec.json.encode(found))
    with pytest.raises(InputError, match="too much memory"):
        load_secret(secret, lambda _: "five words")


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"x" * 5000, b"\xff\xfe", b"whocut-desk-key-1", b"whocut-desk-key-1 AAAA"],
)
def test_what_is_no_key_is_refused_with_the_file(tmp_path, content):
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(InputError, match=str(path)):
        load_public(path)
    with pytest.raises(InputError, match=str(path)):
        load_secret(path, nobody)


def test_a_public_half_that_is_not_the_secrets_is_refused(tmp_path):
    secret, _ = make_keys(tmp_path / "one")
    other, _ = make_keys(tmp_path / "other")
    found = msgspec.json.decode(secret.read_bytes())
    found["public"] = msgspec.json.decode(other.read_bytes())["public"]
    secret.write_bytes(msgspec.json.encode(found))
    with pytest.raises(InputError, match="public"):
        load_secret(secret, nobody)
