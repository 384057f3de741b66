import pytest

from tests.store.postgres_cluster import WHICH, Cluster, NoPostgres, started_cluster


def test_the_server_is_a_real_one(postgres_cluster: Cluster) -> None:
    assert int(postgres_cluster.version) >= 150000


def test_without_a_server_the_tests_fail_and_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WHICH, "neither")

    with pytest.raises(NoPostgres, match="uv sync"), started_cluster():
        pass
