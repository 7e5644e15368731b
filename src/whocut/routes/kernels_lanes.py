"""A row of 64 lanes at once: the few operations that nearly all time goes into.

Written as vectors for the compiler, which else must prove anew, row by row, that two rows do not
overlap: that took longer than the work. A row is named by its array and its number; an array of one
row by itself and 0. Rows have 64 lanes, of bytes or of floats, or eight words of 64 bits. Nothing
is checked.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

__all__ = [
    "LANES",
    "add_hops",
    "copy_row",
    "count_equal",
    "equal_lanes",
    "give_equal",
    "hand_down",
    "join_bits",
    "keep_lower",
    "note_longest",
    "own_share",
    "seek_peers",
    "share_out",
    "take_equal",
]

LANES = 64
_Untyped: TypeAlias = Any
_Row = NDArray[Any]
_BYTES = ir.VectorType(ir.IntType(8), LANES)
_FLOATS = ir.VectorType(ir.FloatType(), LANES)
_DOUBLES = ir.VectorType(ir.DoubleType(), LANES)
_array_at = cast(Any, make_array)
_Build = Callable[[ir.IRBuilder, Sequence[ir.Value]], ir.Value | None]
"""Writes the operation, given a builder and the arguments; rows come as pointers to vectors."""


def _bytes(number: int) -> ir.Constant:
    return ir.Constant(_BYTES, [number] * LANES)


def _floats(number: float) -> ir.Constant:
    return ir.Constant(_FLOATS, [number] * LANES)


def _operation(
    vectors: Sequence[ir.VectorType | None], answer: types.Type, build: _Build
) -> Callable[..., object]:
    """Make an operation on rows, each given as array and number; ``None`` is a plain number."""

    def generate(
        context: _Untyped,
        builder: ir.IRBuilder,
        signed: _Untyped,
        values: Sequence[ir.Value],
    ) -> ir.Value:
        operands, place = [], 0
        for vector in vectors:
            if vector is None:
                operands.append(values[place])
                place += 1
                continue
            array = _array_at(signed.args[place])(context, builder, values[place])
            # A row of words is as long as one of bytes.
            wide = LANES // 8 if signed.args[place].dtype == types.uint64 else LANES
            number = context.cast(builder, values[place + 1], signed.args[place + 1], types.intp)
            first = builder.mul(number, ir.Constant(number.type, wide))
            pointer = builder.gep(array.data, [first])
            operands.append(builder.bitcast(pointer, vector.as_pointer()))
            place += 2
        done = build(builder, operands)
        return context.get_dummy_value() if answer is types.void else done

    # numba wants to see how many arguments there are.
    if len(vectors) == 2:
        return intrinsic(lambda _, a, b, c, d: (answer(a, b, c, d), generate))
    if len(vectors) == 3 and vectors[-1] is None:
        return intrinsic(lambda _, a, b, c, d, e: (answer(a, b, c, d, e), generate))
    if len(vectors) == 3:
        return intrinsic(lambda _, a, b, c, d, e, f: (answer(a, b, c, d, e, f), generate))
    if vectors[-1] is None:
        return intrinsic(lambda _, a, b, c, d, e, f, g: (answer(a, b, c, d, e, f, g), generate))
    return intrinsic(lambda _, a, b, c, d, e, f, g, h: (answer(a, b, c, d, e, f, g, h), generate))


def _load(builder: ir.IRBuilder, row: ir.Value) -> ir.Value:
    return builder.load(row, align=1)


def _store(builder: ir.IRBuilder, value: ir.Value, row: ir.Value) -> None:
    builder.store(value, row, align=1)


def _lower(builder: ir.IRBuilder, one: ir.Value, other: ir.Value) -> ir.Value:
    return builder.select(builder.icmp_unsigned("<", one, other), one, other)


def _are_equal(builder: ir.IRBuilder, one: ir.Value, other: ir.Value) -> ir.Value:
    return builder.icmp_unsigned("==", _load(builder, one), _load(builder, other))


def _as_mask(builder: ir.IRBuilder, lanes: ir.Value) -> ir.Value:
    return builder.bitcast(lanes, ir.IntType(LANES))


def _everywhere(builder: ir.IRBuilder, value: ir.Value, vector: ir.VectorType) -> ir.Value:
    nothing = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))
    order = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, nothing, order)


def _build_copy(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    target, source = rows
    _store(builder, _load(builder, source), target)


def _build_lower(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    target, source = rows
    _store(builder, _lower(builder, _load(builder, target), _load(builder, source)), target)


def _build_join(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    target, source = rows
    _store(builder, builder.or_(_load(builder, target), _load(builder, source)), target)


def _build_hand_down(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    target, source = rows
    value = _load(builder, source)
    length = _lower(builder, builder.and_(value, _bytes(63)), _bytes(62))
    is_none = builder.icmp_unsigned("==", value, _bytes(255))
    handed = builder.add(length, _bytes(129))
    _store(builder, builder.select(is_none, _bytes(255), handed), target)


def _build_longest(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    longest, source = rows
    value, known = _load(builder, source), _load(builder, longest)
    is_none = builder.icmp_unsigned("==", value, _bytes(255))
    length = builder.select(is_none, _bytes(0), builder.and_(value, _bytes(63)))
    is_longer = builder.icmp_unsigned(">", length, known)
    _store(builder, builder.select(is_longer, length, known), longest)


def _build_hops(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> ir.Value:
    sums, source, weight = rows
    value = _load(builder, source)
    lengths = builder.uitofp(builder.and_(value, _bytes(63)), _DOUBLES)
    added = builder.fmul(lengths, _everywhere(builder, weight, _DOUBLES), flags=("contract",))
    _store(builder, builder.fadd(_load(builder, sums), added, flags=("contract",)), sums)
    return _as_mask(builder, builder.icmp_unsigned("==", value, _bytes(255)))


def _build_own(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    sent, wanted, values, weight = rows
    single = builder.fptrunc(weight, ir.FloatType())
    own = builder.fmul(_load(builder, wanted), _everywhere(builder, single, _FLOATS))
    is_none = builder.icmp_unsigned("==", _load(builder, values), _bytes(255))
    _store(builder, builder.select(is_none, _floats(0.0), own), sent)


def _build_share(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    sent, ways, few = rows
    counted = builder.uitofp(_load(builder, few), _FLOATS)
    known = builder.fadd(_load(builder, ways), counted)
    is_none = builder.fcmp_ordered("<", known, _floats(1.0))
    known = builder.select(is_none, _floats(1.0), known)
    _store(builder, builder.fdiv(_load(builder, sent), known), sent)
    _store(builder, _floats(0.0), ways)
    _store(builder, _bytes(0), few)


def _build_seek(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> ir.Value:
    sought, source = rows
    less = builder.sub(_load(builder, source), _bytes(64))
    is_peer = builder.icmp_unsigned("<", less, _bytes(64))
    wanted = builder.select(is_peer, builder.sub(less, _bytes(1)), _bytes(254))
    _store(builder, wanted, sought)
    return _as_mask(builder, is_peer)


def _build_equal(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> ir.Value:
    return _as_mask(builder, _are_equal(builder, *rows))


def _build_count(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    counts, values, sought = rows
    hits = builder.zext(_are_equal(builder, values, sought), _BYTES)
    _store(builder, builder.add(_load(builder, counts), hits), counts)


def _build_give(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    target, sent, values, sought = rows
    is_next = _are_equal(builder, values, sought)
    given = builder.select(is_next, _load(builder, sent), _floats(0.0))
    _store(builder, builder.fadd(_load(builder, target), given), target)


def _build_take(builder: ir.IRBuilder, rows: Sequence[ir.Value]) -> None:
    sent, values, sought = rows
    is_next = _are_equal(builder, values, sought)
    left = builder.select(is_next, _floats(0.0), _load(builder, sent))
    _store(builder, left, sent)


_OnTwo = Callable[[_Row, int, _Row, int], None]
_OnThree = Callable[[_Row, int, _Row, int, _Row, int], None]
_OnFour = Callable[[_Row, int, _Row, int, _Row, int, _Row, int], None]
_TWO, _THREE = (_BYTES,) * 2, (_BYTES,) * 3

copy_row = cast(_OnTwo, _operation(_TWO, types.void, _build_copy))
"""Copy into the first row the second."""
keep_lower = cast(_OnTwo, _operation(_TWO, types.void, _build_lower))
"""Keep in the first row what is lower there or in the second."""
join_bits = cast(_OnTwo, _operation(_TWO, types.void, _build_join))
"""Set in the first row also the bits of the second."""
hand_down = cast(_OnTwo, _operation(_TWO, types.void, _build_hand_down))
"""Write into the first row what customers get from a class whose values are the second."""
note_longest = cast(_OnTwo, _operation(_TWO, types.void, _build_longest))
"""Keep in the first row the greater of it and of the lengths in the second's values."""
add_hops = cast(
    Callable[[_Row, int, _Row, int, float], int],
    _operation((_DOUBLES, _BYTES, None), types.uint64, _build_hops),
)
"""Add to the first row's sums the second's lengths times a weight, 63 where there is no route.

Gives the lanes without a route, as bits.
"""
own_share = cast(
    Callable[[_Row, int, _Row, int, _Row, int, float], None],
    _operation((_FLOATS, _FLOATS, _BYTES, None), types.void, _build_own),
)
"""Write into the first row the second times a weight, 0 where the third's values are no route."""
share_out = cast(_OnThree, _operation((_FLOATS, _FLOATS, _BYTES), types.void, _build_share))
"""Divide the first row by the ways counted in the second and the third; empty these."""
seek_peers = cast(
    Callable[[_Row, int, _Row, int], int], _operation(_TWO, types.uint64, _build_seek)
)
"""Write into the first row what value a best next hop has for those of the second from a peer.

254, which nobody has, in the other lanes. Gives the lanes with a peer's route, as bits.
"""
equal_lanes = cast(
    Callable[[_Row, int, _Row, int], int], _operation(_TWO, types.uint64, _build_equal)
)
"""Give the lanes in which two rows are equal, as bits."""
count_equal = cast(_OnThree, _operation(_THREE, types.void, _build_count))
"""Add one to the first row where the second and the third are equal."""
give_equal = cast(_OnFour, _operation((_FLOATS, _FLOATS, *_TWO), types.void, _build_give))
"""Add to the first row the second where the third and the fourth are equal."""
take_equal = cast(_OnThree, _operation((_FLOATS, *_TWO), types.void, _build_take))
"""Empty the first row where the second and the third are equal."""
