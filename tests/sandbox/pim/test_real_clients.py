"""Two public clients of Akeneo's API run against the PIM unchanged, in an environment of their own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PYTHON = HERE.parents[2] / ".venv-clients" / "bin" / "python"


def run(script: str, base: str) -> dict[str, Any]:
    if not PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{PYTHON} is missing: make it from tests/clients-requirements.txt")
        pytest.skip("needs the environment .venv-clients, made from tests/clients-requirements.txt")
    done = subprocess.run([PYTHON, HERE / "clients" / script, base], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def test_pyakeneo_pages_searches_writes_and_deletes(client: Any) -> None:
    assert run("with_pyakeneo.py", client.base) == {
        "identifiers": ["Loose", "old", "plain", "polo-blue-s", "polo-red-m", "polo-red-s", "tee-s"],
        "models": ["polo", "polo_blue", "Polo_Red", "tee"],
        "categories": ["master", "clothes", "shirts", "shoes", "paper", "folder"],
        "families": 2,
        "options": ["red", "blue"],
        "variants": ["by_color_size", "by_size"],
        "locales": ["de_DE", "en_US"],
        "entities": ["designers"],
        "disabled": ["old"],
        "created": "shirt",
        "renamed": "Renamed",
        "bulk": [
            {"line": 1, "identifier": "from-pyakeneo", "status_code": 204},
            {"line": 2, "identifier": "second", "status_code": 201},
            {
                "line": 3,
                "identifier": "third",
                "status_code": 422,
                "message": 'Property "family" expects a valid family code. The family does not exist, "nonsense" given.'
                " Check the expected format on the API documentation.",
                "_links": {"documentation": {"href": "http://api.akeneo.com/api-reference.html#patch_products__code_"}},
            },
        ],
        "gone": 404,
        "category": "clothes",
        "media": "plain.png",
    }


def test_akeneo_python_sdk_pages_searches_writes_and_downloads(client: Any) -> None:
    assert run("with_akeneo_sdk.py", client.base) == {
        "token": "bearer",
        "uuids": 8,
        "models": ["polo", "polo_blue"],
        "attributes": 16,
        "channels": ["master", "paper"],
        "families": ["name", "sku"],
        "measurements": True,
        "records": ["kartell", "starck"],
        "edition": "Serenity",
        "variants": ["polo-blue-s", "polo-red-m", "polo-red-s"],
        "category": "clothes",
        "product": ["shirt", False],
        "gone": 404,
        "media": "image/png",
        "download": "picture of a plain shirt",
    }
