"""Stores on a server that speaks S3 on loopback, each seen from several machines."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.access import keys
from pipelines.objects.places import copy_at, folder_of
from pipelines.store import Store
from tests.pipelines.objects.server import Server


@pytest.fixture(scope="session")
def _running() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def server(_running: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    """The server, named by the environment as other tools for S3 do, with a key for stores."""
    for variable, value in {"AWS_ENDPOINT_URL": _running.address, "AWS_ACCESS_KEY_ID": Server.credentials[0],
                            "AWS_SECRET_ACCESS_KEY": Server.credentials[1], "AWS_REGION": "eu-west-3",
                            "RTU_STORE_KEY": str(tmp_path / "store.key"), "RTU_CACHE": str(tmp_path / "cache")
                            }.items():  # fmt: skip
        monkeypatch.setenv(variable, value)
    keys.make(tmp_path / "store.key")
    _running.asked.clear()
    yield _running
    _running.refuse = lambda *_: False


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """An address that no other test uses."""
    return f"s3://bucket/{re.sub('[^a-z0-9]+', '-', request.node.name)}/store"


@pytest.fixture
def machine(server: Server, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Store]:
    """The store on a machine of a name: its working copy, brought to what is published."""
    assert server.port

    def at(name: str) -> Store:
        monkeypatch.setenv("RTU_CACHE", str(tmp_path / name))
        folder = folder_of(url, "commands")
        copy = copy_at(folder)
        assert copy
        copy.follow()
        return Store(folder)

    return at
