"""Processes of the demo: they start, are watched and are stopped, whatever happens in between."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sandbox import stack


def script(text: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(text)]


def alive(pid: int) -> bool:
    """Whether the process still runs; one that ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


SERVER = """
    import signal, sys, time
    def leave(*_):
        print("stopped cleanly")
        sys.exit(0)
    signal.signal(signal.SIGTERM, leave)
    print("loading")
    print("Akeneo PIM ready at http://127.0.0.1:4711, catalogue demo")
    while True:
        time.sleep(0.05)
"""


def test_a_server_tells_its_address_and_is_stopped_by_sigterm(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with stack.server("PIM", script(SERVER), log) as url:
        assert url == "http://127.0.0.1:4711"
    assert log.read_text().splitlines()[-1] == "stopped cleanly"


def test_a_server_is_stopped_when_the_block_fails(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(RuntimeError, match="the block's own"), stack.server("PIM", script(SERVER), log):
        raise RuntimeError("the block's own")
    assert log.read_text().splitlines()[-1] == "stopped cleanly"


def test_a_server_that_ends_early_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    arguments = script("import sys; print('loading'); print('Port 80 is taken.'); sys.exit(3)")
    with pytest.raises(stack.StackError, match=r"PIM sandbox ended .* \(exit code 3\), see .*log: Port 80 is taken\."):  # noqa: SIM117
        with stack.server("PIM", arguments, tmp_path / "log"):
            pytest.fail("the block ran without a server")


def test_a_server_that_is_never_ready_is_an_error_and_is_stopped(tmp_path: Path) -> None:
    arguments = script("""
        import os, time
        print(os.getpid(), "warming up")
        time.sleep(600)
    """)
    with pytest.raises(stack.StackError, match="SFCC sandbox was not ready after 1 s"):  # noqa: SIM117
        with stack.server("SFCC", arguments, tmp_path / "log", seconds=1):
            pytest.fail("the block ran without a server")
    assert not alive(int((tmp_path / "log").read_text().split()[0]))


def test_half_a_ready_line_is_not_taken_for_an_address(tmp_path: Path) -> None:
    arguments = script("""
        import time
        print("ready at http://127.0.0.1:47", end="", flush=True)
        time.sleep(0.3)
        print("11", flush=True)
        time.sleep(600)
    """)
    with stack.server("PIM", arguments, tmp_path / "log") as url:
        assert url == "http://127.0.0.1:4711"


@pytest.mark.parametrize("code", [0, 7])
def test_run_hands_on_the_exit_code_and_the_environment(code: int) -> None:
    assert stack.run(script("import os, sys; sys.exit(int(os.environ['CODE']))"), os.environ | {"CODE": str(code)}) == code


def test_sigterm_stops_the_servers_and_the_command_that_runs(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    main = script(f"""
        import sys
        from pathlib import Path
        from sandbox import stack

        def python(text):
            return [sys.executable, "-c", "import os, time; " + text + "; time.sleep(600)"]

        stack.leave_on_sigterm()
        with stack.server("PIM", python("print(os.getpid(), 'ready at http://127.0.0.1:1')"), Path({str(inner)!r})):
            stack.run(python("print(os.getpid(), flush=True)"), {{}})
    """)
    with subprocess.Popen(main, stdout=subprocess.PIPE) as process:
        assert process.stdout
        command = int(process.stdout.readline())
        server = int(inner.read_text().split()[0])
        assert alive(command)
        assert alive(server)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 128 + signal.SIGTERM
    assert not alive(command)
    assert not alive(server)


def test_the_folder_is_made_and_emptied_when_it_is_the_demos_own(tmp_path: Path) -> None:
    var = stack.prepare(tmp_path / "var" / "demo")
    (var / "old").write_text("of the last time")
    assert stack.prepare(var) == var
    assert [p.name for p in var.iterdir()] == [stack.MARK]


def test_a_folder_that_another_demo_still_uses_is_refused_and_left_alone(tmp_path: Path) -> None:
    var = stack.prepare(tmp_path / "demo")
    arguments = script(f"""
        import fcntl, time
        mark = open({str(var / stack.MARK)!r})
        fcntl.flock(mark, fcntl.LOCK_EX)
        print("ready at http://127.0.0.1:4711", flush=True)
        time.sleep(600)
    """)
    with stack.server("other", arguments, tmp_path / "log"), pytest.raises(stack.StackError, match=r"still runs in .*--var"):
        stack.prepare(var)
    assert (var / stack.MARK).is_file()
    assert stack.prepare(var) == var


def test_an_installed_copy_says_that_the_projects_folder_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "REPOSITORY", tmp_path / "site-packages")
    with pytest.raises(stack.StackError, match="needs the project's folder"):
        stack.prepare(tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    assert stack.prepare(tmp_path) == tmp_path


@pytest.mark.parametrize("make", [lambda p: (p.mkdir(), (p / "thesis.txt").write_text("mine")), lambda p: p.write_text("mine")])
def test_a_folder_or_file_of_somebody_else_is_refused_and_left_alone(tmp_path: Path, make: object) -> None:
    other = tmp_path / "other"
    make(other)  # type: ignore[operator]
    with pytest.raises(stack.StackError, match="holds something else than an earlier demo"):
        stack.prepare(other)
    assert "mine" in (other / "thesis.txt" if other.is_dir() else other).read_text()


@pytest.mark.parametrize("name", ["demo", "generated:250"])
def test_catalogues_by_name_stay_as_they_are(name: str) -> None:
    assert stack.catalogue(name) == name


def test_a_catalogue_folder_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "export").mkdir()
    monkeypatch.chdir(tmp_path)
    assert stack.catalogue("export") == str(tmp_path / "export")


@pytest.mark.parametrize("name", ["nowhere", "generated:", "generated:many"])
def test_an_unknown_catalogue_is_one_clear_sentence(name: str) -> None:
    with pytest.raises(stack.StackError, match=r"There is no catalogue folder .*: give an Akeneo export's folder"):
        stack.catalogue(name)


def test_a_persons_own_instance_never_reaches_the_connector(tmp_path: Path) -> None:
    own = dict.fromkeys(stack.CONNECTOR_VARIABLES, "https://production.example.com") | {"PATH": "/bin", "SFCC_XSD_DIR": "/xsd"}
    made = stack.connector_environment(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:2", own)
    assert "https://production.example.com" not in made.values()
    assert (made["AKENEO_URL"], made["SFCC_URL"], made["SFCC_LOGIN_URL"]) == (
        "http://127.0.0.1:1",
        "http://127.0.0.1:2",
        "http://127.0.0.1:2",
    )
    assert (made["CONNECTOR_STORE"], made["DAGSTER_HOME"]) == (f"{tmp_path}/store", f"{tmp_path}/dagster")
    assert (made["PATH"], made["SFCC_XSD_DIR"]) == ("/bin", "/xsd")
