"""However large one day of one country is, a commit holds little of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_BOUND_KB = 600_000
_SCRIPT = """
import json, resource, sys
from pathlib import Path
from tests.unit.store.building import entry, judgement, measurement
from whocut.store.observatory import Observatory
from whocut.store.staging import StageWriter
place, verdicts, keep = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "keep"
one = measurement(judgement(0))
from msgspec.structs import replace
if keep:
    one = replace(one, http=(replace(one.http[0], body=bytes(40_000)),))
with Observatory(place).writer() as writer:
    sources = []
    for name in "abcd":
        stage = StageWriter(writer.staging_directory(name), is_keeping_observations=keep)
        share = range(ord(name) - 97, verdicts, 3)  # a quarter stands in two sources
        for number in share:
            stage.add(judgement(number, source=name), one)
        sources.append(stage.finish(entry(name, name, len(share))))
    result = writer.commit(sources)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"verdicts": result.verdicts_after, "peak_kb": peak}))
"""


@pytest.mark.long
@pytest.mark.parametrize(("verdicts", "keep"), [(600_000, "verdicts"), (40_000, "keep")])
def test_a_commit_stays_small(repo_dir: Path, tmp_path: Path, verdicts: int, keep: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(tmp_path / "o"), str(verdicts), keep],
        capture_output=True,
        check=True,
        cwd=repo_dir,
        timeout=580,
    )
    result = json.loads(done.stdout)
    print(result)
    assert result["verdicts"] == verdicts
    assert result["peak_kb"] < _BOUND_KB
