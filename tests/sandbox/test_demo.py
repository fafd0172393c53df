"""The demo's order and verdict, with a stand-in for the connector's command line; its edits, in the PIM sandbox itself."""

import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from sandbox import stack
from sandbox.catalogue_edits import EditError, Pim, edit
from sandbox.demo import Outcome, census_table, imported_table, run_jobs

COMMAND = """#!{python}
import json, os, sys
assert sys.argv[1] == "run" and sys.argv[3] == "--summary"
print("running job", sys.argv[2])
objects = {{"product": {{"sent": 7, "confirmed": 7, "refused": 0, "deleted": 0}}}}
summary = {{"job": sys.argv[2], "load": None, "objects": objects, "warnings": 0, "seconds": 1.5}}
summary |= {{"xml": [], "folder": "f", "ok": True}}
if sys.argv[2] == os.environ.get("REFUSED"):
    summary["ok"] = False
if sys.argv[2] != os.environ.get("SILENT"):
    with open(sys.argv[4], "w") as file:
        json.dump(summary, file)
sys.exit(5 if sys.argv[2] == os.environ.get("FAILS") else 0)
"""


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "akeneo-sfcc"
    path.write_text(COMMAND.format(python=sys.executable))
    path.chmod(0o755)
    monkeypatch.setattr(stack, "COMMAND", path)


def running(var: Path, **environment: str) -> stack.Stack:
    return stack.Stack(var, "http://127.0.0.1:1", "http://127.0.0.1:2", environment)


@pytest.mark.usefixtures("command")
def test_jobs_run_in_order_and_their_summaries_are_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    outcomes = run_jobs(running(tmp_path), ("1", "2", "3-2"), Console(quiet=True))
    assert [(o.job, o.ok) for o in outcomes] == [("1", True), ("2", True), ("3-2", True)]
    assert outcomes[2].summary is not None
    assert outcomes[2].summary["objects"]["product"]["confirmed"] == 7
    assert capfd.readouterr().out.splitlines() == ["running job 1", "running job 2", "running job 3-2"]


@pytest.mark.usefixtures("command")
@pytest.mark.parametrize("how", ["FAILS", "REFUSED", "SILENT"])
def test_a_job_that_fails_in_any_way_is_the_last(tmp_path: Path, how: str) -> None:
    outcomes = run_jobs(running(tmp_path, **{how: "2"}), ("1", "2", "3-2"), Console(quiet=True))
    assert [(o.job, o.ok) for o in outcomes] == [("1", True), ("2", False)]


@pytest.mark.parametrize(
    ("code", "summary", "ok"),
    [(0, {"ok": True}, True), (1, {"ok": True}, False), (0, {"ok": False}, False), (0, None, False), (0, {"ok": "yes"}, False)],
)
def test_a_job_is_green_only_when_exit_code_and_summary_say_so(code: int, summary: dict[str, Any] | None, ok: bool) -> None:
    assert Outcome("1", code, summary).ok is ok


def test_the_tables_tell_the_figures_and_the_failures() -> None:
    console = Console(file=StringIO(), record=True, width=80)
    objects = {"product": {"sent": 1200, "confirmed": 11, "refused": 1, "deleted": 0}, "price-table": {"sent": 3, "confirmed": 3}}
    summary = {"objects": objects, "seconds": 2.25, "warnings": 3, "ok": False}
    console.print(imported_table([Outcome("3-2", 1, summary), Outcome("3-1", 2, None)]))
    console.print(census_table({"products": 11, "products: simple": 9}))
    lines = [" ".join(line.split()) for line in console.export_text().splitlines()]
    assert "sent confirmed refused seconds" in lines
    assert "3-2 full import 2.2 failed (1)" in lines
    assert "3 warnings" in lines
    assert "product 1,200 11 1" in lines
    assert "price-table 3 3 0" in lines
    assert "3-1 differential import 0.0 failed (2)" in lines
    assert "simple 9" in lines


@pytest.fixture(scope="module")
def pim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    arguments = [str(stack.COMMAND), "sandbox", "pim", "--catalog", "demo", "--port", "0"]
    with stack.server("PIM", arguments, tmp_path_factory.mktemp("pim") / "log") as url:
        yield url


def test_edits_change_products_models_and_an_option_of_whatever_the_catalogue_holds(pim: str) -> None:
    edits = edit(pim, stack.CREDENTIAL, "ecommerce")
    assert [e.kind for e in edits] == ["product"] * 5 + ["root model", "sub-model", "option"]
    assert len(set(edits)) == 8
    client = Pim(pim, stack.CREDENTIAL)
    try:
        for made in edits[:5]:
            product = client.get(f"products-uuid/{made.code}")
            assert product["parent"] is None
            assert [v["data"].endswith(" *") for v in product["values"][made.attribute]].count(True) == 1
        root, sub = (client.get(f"product-models/{made.code}") for made in edits[5:7])
        assert root["parent"] is None
        assert sub["parent"] not in (None, root["code"])
        assert [v["data"].endswith(" *") for v in sub["values"][edits[6].attribute]].count(True) == 1
        option = client.get(f"attributes/{edits[7].attribute}/options/{edits[7].code}")
        assert all(label.endswith(" *") for label in option["labels"].values())
    finally:
        client.close()


def test_a_wrong_credential_is_one_sentence_with_the_pims_answer(pim: str) -> None:
    with pytest.raises(EditError, match="The PIM answered 422 to POST /api/oauth/v1/token"):
        edit(pim, "somebody", "ecommerce")


def test_an_unknown_channel_is_one_sentence_with_the_pims_answer(pim: str) -> None:
    with pytest.raises(EditError, match="The PIM answered 404 to GET /api/rest/v1/channels/print"):
        edit(pim, stack.CREDENTIAL, "print")
