"""Seal what a form says to the case workers' key, so that who seals it cannot read it again.

libsodium's sealed boxes: an ephemeral key pair for each, whose secret half is forgotten. Before
that the text is padded to a class of size, so that the length of a file tells next to nothing.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
from nacl.bindings import crypto_box_SEALBYTES, sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from whocut.model.errors import InputError
from whocut.publish.desk.form import Body

__all__ = ["LARGEST_SEALED", "SEALED_SIZES", "seal", "unseal"]

_SIZES: Final = (8192, 32768)
"""Bytes before sealing. Every report fits the first, and a short reply cannot be told from one."""
SEALED_SIZES: Final = tuple(size + crypto_box_SEALBYTES for size in _SIZES)
"""Bytes of a sealed file: the ephemeral key and the authenticator are added."""
LARGEST_SEALED: Final = SEALED_SIZES[-1]
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Body)


def seal(body: Body, key: PublicKey) -> bytes:
    """Seal what a form says.

    Raises: ValueError if it is larger than any form can be.
    """
    plain = _encoder.encode(body)
    # The padding takes one byte at least.
    size = next((size for size in _SIZES if len(plain) < size), None)
    if size is None:
        raise ValueError(f"{len(plain)} bytes are more than a form can hold")
    return bytes(SealedBox(key).encrypt(sodium_pad(plain, size)))


def unseal(sealed: bytes, keys: Iterable[PrivateKey], *, source: str) -> Body:
    """Open what was sealed, with whichever of the keys fits.

    Raises: InputError if none of them fits, or if it holds no form.
    """
    size = next((size for size in _SIZES if len(sealed) == size + crypto_box_SEALBYTES), None)
    if size is None:
        raise InputError(f"{len(sealed)} bytes: not the size of a sealed form", source=source)
    for key in keys:
        try:
            padded = SealedBox(key).decrypt(sealed)
        except CryptoError:
            continue
        return _decoded(padded, size, source)
    raise InputError("sealed to another key, or damaged", source=source)


def _decoded(padded: bytes, size: int, source: str) -> Body:
    try:
        body: Body = _decoder.decode(sodium_unpad(padded, size))
    except CryptoError as error:
        raise InputError("opened, and not padded as a form is", source=source) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(f"opened, and no form: {error}", source=source) from error
    return body
