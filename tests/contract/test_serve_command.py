"""``whocut serve``: what it refuses, and how it tells what it does."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.unit.cli.celled import celled_observatory
from whocut.cli.app import main


def test_a_port_in_use_is_told_at_once(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--observatory", str(tmp_path), "--port", str(port)]) == 2
    assert f"127.0.0.1 port {port} cannot be taken" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "70000"], "65535"),
        (["--host", "no.such.host.invalid"], "cannot be taken"),
        (["--observatory", "s3://bucket/place"], "on this machine"),
    ],
)
def test_what_cannot_be_served_is_told(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert main(["serve", *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_while_the_pages_are_built_they_say_so_and_a_stop_is_told(tmp_path, stop):
    """The build is cut short; that pages come of it is tested with the browser."""
    place = celled_observatory(tmp_path / "observatory")
    process = subprocess.Popen(
        [sys.executable, "-m", "whocut.cli", "serve", "--observatory", str(place), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert line.startswith(f"whocut: serving {place} at http://127.0.0.1:")
        address = line.rpartition(" at ")[2].strip()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{address}fr/", timeout=60)
        assert refused.value.code == 503
        assert 'lang="fr"' in refused.value.read().decode()
        refused.value.close()
        said = ""
        while "building" not in said:
            said = process.stderr.readline()
            assert said
        assert said == "whocut: building the pages from the data at hand\n"
        process.send_signal(stop)
        rest = process.stderr.read()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    assert "stopped" in rest
    assert "Traceback" not in rest
    assert not list(place.glob("editions/*.sqlite"))
