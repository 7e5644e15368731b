"""One record's bytes: a measurement, a refusal or a skip, and never an exception."""

import atheris
import harness

with atheris.instrument_imports(include=["whocut.ingest"]):
    from whocut.ingest.ooni.decode import RecordDecoder
    from whocut.ingest.ooni.limits import ReadLimits
    from whocut.ingest.ooni.quarantine import quarantined
    from whocut.ingest.ooni.refusal import Refusal, Skipped
    from whocut.model.observation import Measurement, SourcePosition

from tests.property.ingest_mutator import ENVELOPES, Mutator
from tests.unit.ingest import measurements as made

DECODER = RecordDecoder(ReadLimits(max_body_bytes=10_000, max_record_values=5_000))
POSITION = SourcePosition("fuzz", 0, 1)
DOCUMENTS = [seed() for seed in made.SEEDS]


def one_record(data):
    result = DECODER.decode(data, POSITION)
    assert isinstance(result, (Measurement, Refusal, Skipped))
    if isinstance(result, Refusal):
        quarantined(result)
    elif isinstance(result, Measurement):
        assert result.measurement_uid
        assert all(exchange.url for exchange in result.http)
    assert DECODER.decode(data, POSITION) == result


def mutate(data, largest, seed):
    """Half of the time a structural change, else libFuzzer's own."""
    if seed % 2:
        return Mutator(seed, DOCUMENTS).record()[:largest]
    return atheris.Mutate(data, len(data))


if __name__ == "__main__":
    seeds = [made.encode(wrap(document)) for document in DOCUMENTS for wrap in ENVELOPES]
    harness.fuzz(one_record, seeds, mutate=mutate)
