"""The cell model as data: symbols, modes, priors, floors, shortfalls; loaded and checked once."""

import hashlib
import tomllib
from typing import Any, Final

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path
from whocut.model.taxonomy import Cause

__all__ = ["MODEL", "MODEL_VERSION", "NET_FAIL", "PRIOR", "Mode", "Model", "Shortfall", "Symbol"]

_FILES: Final = ("model.toml", "modes.toml", "symbols.toml")
NET_FAIL: Final = "net_fail"
"""The symbol of a failure on a day on which the network failed on unrelated targets too."""


class Symbol(Struct, frozen=True, forbid_unknown_fields=True):
    """What one verdict contributes to a cell."""

    id: str
    meaning: str
    is_usable: bool = False
    """It says something of the target."""
    is_failure: bool = False
    """It may be the line's fault."""
    outcome: tuple[str, ...] = ()
    layer: tuple[str, ...] = ()
    mechanism: tuple[str, ...] = ()
    locus: tuple[str, ...] = ()
    actor_kind: tuple[str, ...] = ()
    strength: tuple[str, ...] = ()


class Mode(Struct, frozen=True, forbid_unknown_fields=True):
    """One way in which a cause shows on the networks that it reaches."""

    id: str
    cause: Cause
    concentration: float
    prior: float
    emits: dict[str, float]
    extent: tuple[float, float]
    """Beta prior of the share of the country's networks that are reached."""
    edge: float = 0.0
    """Share of a refusal by the service that its edge may as well have made."""


class Network(Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for networks one by one."""

    odd: float
    noise: float
    floor: float
    most_a_day: float
    lossy_levels: tuple[float, ...]


class Health(Struct, frozen=True, forbid_unknown_fields=True):
    """When a network is taken to fail on unrelated targets."""

    window_days: int
    bad_day_failed: int
    bad_day_share: float
    own_targets: int
    own_share: float
    rest_share: float
    lossy_prior: float
    clean: tuple[float, float]
    lossy: tuple[float, float]


class World(Struct, frozen=True, forbid_unknown_fields=True):
    """What may hold for the target in all countries at once."""

    down: float
    bots: float
    refuser: float
    unseen: float
    unseen_share: float
    wall: float
    wall_share: float
    down_share: float
    bots_share: float
    bots_modes: dict[str, float]
    refuser_two: float
    refuser_shares: tuple[float, ...]


class Pairs(Struct, frozen=True, forbid_unknown_fields=True):
    """One cause with each of several others."""

    first: str
    others: tuple[str, ...]
    prior: float


class Two(Struct, frozen=True, forbid_unknown_fields=True):
    """Two causes at once."""

    extent: tuple[float, float]
    other_extent: tuple[float, float]
    concentration: float
    pairs: tuple[Pairs, ...]


class Central(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether interference has one means for all networks."""

    share: float
    part: float
    part_extent: tuple[float, float]


class Habit(Struct, frozen=True, forbid_unknown_fields=True):
    """How other targets of the country end."""

    weight: float
    margin: float
    doubt: float
    week_share: float
    weeks: int
    least: float
    most: float


class Grid(Struct, frozen=True, forbid_unknown_fields=True):
    """Points of the grid over the share of networks, and the interval's probability."""

    points: int
    two_points: int
    interval: float


class Floor(Struct, frozen=True, forbid_unknown_fields=True):
    """Below these a cell answers insufficient."""

    posterior: float
    measurements: int
    networks: int
    one_network_measurements: int
    one_network_days: int
    vague_share: float
    vague_networks: int
    vague_spread: float
    support: int


class Shortfall(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a cell names no cause, and what would settle it."""

    id: str
    meaning: str
    next_step: str


class Model(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole model."""

    release: str
    network: Network
    health: Health
    world: World
    two: Two
    central: Central
    habit: Habit
    grid: Grid
    floor: Floor
    shortfall: tuple[Shortfall, ...]
    mode: tuple[Mode, ...]
    symbol: tuple[Symbol, ...]

    @property
    def symbol_ids(self) -> tuple[str, ...]:
        """Ids of the symbols in their order, the network's failure last."""
        return (*(symbol.id for symbol in self.symbol), NET_FAIL)


def _load() -> tuple[Model, str]:
    merged: dict[str, Any] = {}
    state = hashlib.sha256()
    for name in _FILES:
        try:
            content = shipped_path("cells", name).read_bytes()
            merged |= tomllib.loads(content.decode())
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise DamagedDataError(str(error), source=f"data/cells/{name}") from error
        state.update(content)
    try:
        model = msgspec.convert(merged, Model)
    except msgspec.ValidationError as error:
        raise DamagedDataError(str(error), source="data/cells") from error
    _check(model)
    return model, f"{model.release}+{state.hexdigest()[:12]}"


def _check(model: Model) -> None:
    """Refuse a model whose parts do not fit: a typing error must not become a verdict."""
    known = model.symbol_ids
    if len(set(known)) < len(known):
        raise DamagedDataError("a symbol's id is used twice", source="data/cells/symbols.toml")
    seen: set[str] = set()
    for mode in model.mode:
        strangers = mode.emits.keys() - set(known)
        if strangers:
            raise DamagedDataError(
                f"{mode.id} emits what is no symbol: {min(strangers)}",
                source="data/cells/modes.toml",
                field="emits",
            )
        if mode.id in seen or sum(mode.emits.values()) > 1 or mode.concentration <= 0:
            raise DamagedDataError(
                f"{mode.id}: id twice, weights above one, or no concentration",
                source="data/cells/modes.toml",
            )
        seen.add(mode.id)
    total = sum(mode.prior for mode in model.mode) + sum(pair.prior for pair in model.two.pairs)
    if not 0.99 < total < 1.01:
        raise DamagedDataError(
            f"priors add up to {total:.4f}, not 1", source="data/cells/modes.toml", field="prior"
        )


MODEL, MODEL_VERSION = _load()
PRIOR: Final[dict[Cause, float]] = {
    cause: sum(mode.prior for mode in MODEL.mode if mode.cause is cause) for cause in Cause
}
"""Probability of each cause in a cell about which nothing else is known."""
