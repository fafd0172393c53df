"""What stands in an SFCC instance, counted in the instance's own site export: the truth that no importer's report can stand for.

Belongs here: asking for the export and counting its XML. Doesn't: anything that knows who imported it.
"""

import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import requests
from lxml import etree

EXPORT_JOB: Final = "sfcc-site-archive-export"
DATA_UNITS: Final = {
    "catalogs": {"all": True},
    "catalog_static_resources": {"all": True},
    "price_books": {"all": True},
    "libraries": {"all": True},
    "library_static_resources": {"all": True},
    "sites": {"all": True},
    "global_data": {"meta_data": True, "global_custom_objects": True},
}
_IMAGES: Final = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".svg"}
_TIMEOUT: Final = (10, 300)


class CensusError(Exception):
    """One sentence: which step of the export failed, and the instance's answer."""


def _checked(answer: requests.Response, what: str) -> requests.Response:
    if not answer.ok:
        raise CensusError(f"The SFCC instance answered {answer.status_code} to {what}: {answer.text[:300]}")
    return answer


def export(url: str, credential: str, target: Path, seconds: float = 1800) -> Path:
    """Has the instance export its catalogs, price books, libraries, sites, custom objects and metadata; downloads the archive to
    `target`.

    Raises CensusError when a call or the job fails, or the job takes longer than `seconds`.
    """
    with requests.Session() as session:
        grant = session.post(
            f"{url}/dwsso/oauth2/access_token",
            auth=(credential, credential),
            data={"grant_type": "client_credentials"},
            timeout=_TIMEOUT,
        )
        session.headers["Authorization"] = f"Bearer {_checked(grant, 'the token request').json()['access_token']}"
        jobs = f"{url}/s/-/dw/data/v25_6/jobs/{EXPORT_JOB}/executions"
        body = {"export_file": target.name, "data_units": DATA_UNITS}
        execution = _checked(session.post(jobs, json=body, timeout=_TIMEOUT), f"the start of {EXPORT_JOB}").json()
        until = time.monotonic() + seconds
        while execution["execution_status"] not in ("finished", "aborted"):
            if time.monotonic() > until:
                raise CensusError(f"{EXPORT_JOB} was still running after {seconds:.0f} s.")
            time.sleep(0.2)
            execution = _checked(session.get(f"{jobs}/{execution['id']}", timeout=_TIMEOUT), f"{EXPORT_JOB}'s status").json()
        if execution["execution_status"] == "aborted" or execution["exit_status"]["status"] != "ok":
            raise CensusError(f"{EXPORT_JOB} failed: {execution.get('exit_status')}")
        source = f"{url}/on/demandware.servlet/webdav/Sites/Impex/src/instance/{target.name}"
        with (
            _checked(session.get(source, stream=True, timeout=_TIMEOUT), "the download of the export") as answer,
            target.open("wb") as file,
        ):
            for piece in answer.iter_content(1 << 20):
                file.write(piece)
    return target


def _elements(file: IO[bytes], *names: str) -> Iterator[etree._Element]:
    """The elements of these names just below the root, read as a stream and dropped after use."""
    for _, element in etree.iterparse(
        file, events=("end",), tag=[f"{{*}}{n}" for n in names], resolve_entities=False, huge_tree=True
    ):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _product_kind(product: etree._Element) -> str:
    kinds = {"variations": "masters", "bundled-products": "bundles", "product-set-products": "sets"}
    return next((kind for name, kind in kinds.items() if product.find(f"{{*}}{name}") is not None), "simple")


def _count_catalog(file: IO[bytes]) -> Counter[str]:
    """Counts of one catalog file. A variant is a product that a master of the catalog lists; it counts as nothing else."""
    count: Counter[str] = Counter()
    simple: set[str] = set()
    variants: set[str] = set()
    for element in _elements(file, "category", "product", "category-assignment", "recommendation"):
        name = etree.QName(element).localname
        if name == "category":
            count["categories"] += element.get("category-id") != "root"  # SFCC's own, in every catalog
        elif name == "product":
            kind = _product_kind(element)
            if kind == "simple":
                simple.add(str(element.get("product-id")))
            else:
                count[f"products: {kind}"] += 1
            variants.update(str(v.get("product-id")) for v in element.iterfind("{*}variations/{*}variants/{*}variant"))
            count["products"] += 1
            count["image references"] += sum(1 for _ in element.iterfind("{*}images/{*}image-group/{*}image"))
        else:
            count[f"{name}s"] += 1
    count["products: variants"] = len(simple & variants)
    count["products: simple"] = len(simple - variants)
    return count


def _count_metadata(file: IO[bytes]) -> Counter[str]:
    count: Counter[str] = Counter()
    for extension in _elements(file, "type-extension"):
        if extension.get("type-id") == "Product":
            definitions = extension.findall("{*}custom-attribute-definitions/{*}attribute-definition")
            count["product attributes"] += len(definitions)
            count["attribute options"] += sum(
                1 for d in definitions for _ in d.iterfind("{*}value-definitions/{*}value-definition")
            )
    return count


def _count_price_book(file: IO[bytes]) -> Counter[str]:
    count: Counter[str] = Counter()
    for element in _elements(file, "header", "price-table"):
        count["price books" if etree.QName(element).localname == "header" else "price tables"] += 1
    return count


def census(archive: Path) -> dict[str, int]:
    """Counts by kind of object (products by shape, categories besides `root`, price books, static files ...) in a site export."""
    count: Counter[str] = Counter()
    with zipfile.ZipFile(archive) as zipped:
        for name in zipped.namelist():
            folders = name.split("/")[1:]  # below the archive's own folder
            if folders[:1] == ["catalogs"] and "static" in folders:
                count["static files"] += 1
                count["static files: images"] += Path(name).suffix.lower() in _IMAGES
            elif name.endswith(".xml") and folders[:1] in (["catalogs"], ["pricebooks"], ["meta"]):
                counter = {"catalogs": _count_catalog, "pricebooks": _count_price_book, "meta": _count_metadata}[folders[0]]
                with zipped.open(name) as file:
                    count += counter(file)
    return dict(count)
