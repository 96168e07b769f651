"""docker-compose.yml as it is written: Docker itself need not be here."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.conftest import ROOT
from tools.neo4j_server import RELEASES

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DATABASES = {"neo4j": RELEASES["5.26"], "neo4j-2026": RELEASES["2026"]}


@pytest.fixture(params=DATABASES)
def service(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SERVICES[request.param]


@pytest.mark.parametrize("name", DATABASES)
def test_images_are_pinned_to_the_servers_that_the_tests_run_on(name: str) -> None:
    assert SERVICES[name]["image"] == f"neo4j:{DATABASES[name].version}-community"


@pytest.mark.parametrize("name", DATABASES)
def test_ports_are_those_of_the_tool_and_on_the_loopback_only(name: str) -> None:
    ports = DATABASES[name]
    assert SERVICES[name]["ports"] == [f"127.0.0.1:{ports.port}:7687", f"127.0.0.1:{ports.http_port}:7474"]


def test_one_database_comes_up_unless_more_is_asked_for() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["neo4j"]
    assert SERVICES["neo4j-2026"]["profiles"] == ["2026"]


def test_each_database_keeps_its_data_in_a_named_volume_of_its_own() -> None:
    volumes = [volume for service in SERVICES.values() for volume in service["volumes"]]
    assert sorted(volumes) == sorted(f"{name}:/data" for name in DATABASES)
    assert set(COMPOSE["volumes"]) == set(DATABASES)


def test_the_password_may_be_chosen_and_the_default_is_long_enough_for_neo4j(service: dict[str, Any]) -> None:
    chosen = re.fullmatch(r"neo4j/\$\{NEO4J_PASSWORD:-(.+)\}", service["environment"]["NEO4J_AUTH"])
    assert chosen
    assert len(chosen[1]) >= 8


def test_every_variable_is_a_setting_that_neo4j_knows(service: dict[str, Any]) -> None:
    known = {
        "client.allow_telemetry",
        "db.tx_log.preallocate",
        "dbms.fleet_manager.enabled",
        "dbms.usage_report.enabled",
        "server.bolt.advertised_address",
        "server.fleet_discovery.enabled",
        "server.http.advertised_address",
        "server.memory.heap.initial_size",
        "server.memory.heap.max_size",
        "server.memory.pagecache.size",
    }
    names = {name.removeprefix("NEO4J_") for name in service["environment"]} - {"AUTH"}
    assert {re.sub("(?<!_)_(?!_)", ".", name).replace("__", "_") for name in names} <= known


def test_nothing_is_sent_to_anybody(service: dict[str, Any]) -> None:
    assert service["environment"]["NEO4J_dbms_usage__report_enabled"] == "false"
    if service is SERVICES["neo4j-2026"]:
        assert service["environment"]["NEO4J_server_fleet__discovery_enabled"] == "false"
        assert service["environment"]["NEO4J_dbms_fleet__manager_enabled"] == "false"


def test_memory_is_bounded(service: dict[str, Any]) -> None:
    sizes = [value for name, value in service["environment"].items() if "memory" in name]
    assert len(sizes) == 3
    assert all(re.fullmatch(r"(256|512)m", size) for size in sizes)


def test_a_database_that_is_not_on_the_usual_port_says_where_it_is() -> None:
    environment = SERVICES["neo4j-2026"]["environment"]
    assert environment["NEO4J_server_bolt_advertised__address"] == "localhost:7688"
    assert environment["NEO4J_server_http_advertised__address"] == "localhost:7475"


def test_health_is_a_query_over_bolt_with_the_password_that_the_container_was_given(
    service: dict[str, Any], tmp_path: Path
) -> None:
    shell = tmp_path / "cypher-shell"  # one that says how it was called
    shell.write_text('#!/bin/sh\necho "$NEO4J_PASSWORD $*"\n')
    shell.chmod(0o755)
    environment = {"NEO4J_AUTH": "neo4j/a/b$c", "PATH": f"{tmp_path}:/usr/bin:/bin"}
    kind, script = service["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    said = subprocess.run(["/bin/sh", "-c", script.replace("$$", "$")], env=environment, capture_output=True, text=True)
    assert said.stdout == "a/b$c -a bolt://127.0.0.1:7687 -u neo4j RETURN 1\n"


def test_waiting_allows_for_a_slow_first_start(service: dict[str, Any]) -> None:
    assert service["healthcheck"]["start_period"] == "120s"
