import pytest

from akeneo_assets.pim.pim_addresses import call_url, is_this_machine, media_path, pim_address, query_texts, redirect_target
from akeneo_assets.pim.pim_errors import PermanentPimError


@pytest.mark.parametrize(
    "address", ["pim.example.com", "pim.example.com:8080", "ftp://pim.example.com", "http://", "http://[::1", "http://pim:99999"]
)
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(PermanentPimError, match="AKENEO_URL is no web address: write it as in https://"):
        pim_address(address, allow_http=True)


@pytest.mark.parametrize("host", ["pim.example.com", "10.0.0.7", "localhost.example.com", "[::2]", "0x7f.1", "notlocalhost"])
def test_plain_http_to_another_machine_is_refused_unless_it_is_wanted(host: str) -> None:
    with pytest.raises(PermanentPimError, match=r"is plain http.*: write it with https://, or set akeneo\.allow_http"):
        pim_address(f"http://{host}:8080")
    assert pim_address(f"http://{host}:8080/", allow_http=True) == f"http://{host}:8080"
    assert pim_address(f"https://{host}/akeneo/") == f"https://{host}/akeneo"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "pim.localhost", "127.0.0.1", "127.8.7.6", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_plain_http_within_this_machine_is_fine(host: str) -> None:
    assert is_this_machine(host.strip("[]"))
    assert pim_address(f"http://{host}:8080") == f"http://{host}:8080"


def test_the_refusal_shows_no_password_of_the_address() -> None:
    with pytest.raises(PermanentPimError) as refused:
        pim_address("http://user:s3cret@pim.example.com")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "link",
    [
        "channels?page=2",
        "/api/rest/v1/channels?page=2",
        "http://internal:8080/api/rest/v1/channels?page=2",
        "https://pim.example.com/behind/api/rest/v1/channels?page=2",
    ],
)
def test_links_are_asked_of_the_configured_address(link: str) -> None:
    assert call_url("http://proxy.example.com/akeneo", link) == "http://proxy.example.com/akeneo/api/rest/v1/channels?page=2"


@pytest.mark.parametrize("link", ["http://elsewhere.example.com/login", "http://[::1/api/rest/v1/channels"])
def test_a_link_that_leads_out_of_the_api_or_is_none_is_refused(link: str) -> None:
    with pytest.raises(PermanentPimError, match="outside /api/rest/v1"):
        call_url("http://pim.example.com", link)


def test_parameters_are_written_as_the_api_reads_them() -> None:
    params = {"limit": 100, "with_count": True, "search": {"code": [1]}, "page": None}
    assert query_texts(params) == {"limit": "100", "with_count": "true", "search": '{"code":[1]}'}
    assert call_url("http://pim.example.com", "families", {"search": {"a": []}}).endswith(
        "families?search=%7B%22a%22%3A%5B%5D%7D"
    )


def test_a_media_code_keeps_its_slashes() -> None:
    assert media_path("8/6/a b&c.jpg") == "media-files/8/6/a%20b%26c.jpg/download"


ASKED = "http://pim.example.com/api/rest/v1/families?limit=1&page=2"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://pim.example.com/api/rest/v1/families?limit=1&page=2", True),
        ("https://PIM.example.com:8443/api/rest/v1/families?page=2&limit=1", True),
        ("http://pim.example.com:80/akeneo/api/rest/v1/families?limit=1&page=2", True),
        ("/api/rest/v1/families/?limit=1&page=2", True),
        ("/user/login?limit=1&page=2", False),  # no call of the API any more
        ("https://pim.example.com/api/rest/v1/families", False),  # another question
        ("http://pim.example.com:8081/api/rest/v1/families?limit=1&page=2", False),  # another server on that machine
        ("https://other.example.com/api/rest/v1/families?limit=1&page=2", False),
        ("https://pim.example.com.evil.example/api/rest/v1/families?limit=1&page=2", False),
        ("https://me:you@pim.example.com/api/rest/v1/families?limit=1&page=2", False),
        ("//other.example.com/api/rest/v1/families?limit=1&page=2", False),
        ("http://[::1/api/rest/v1/families?limit=1&page=2", False),
        ("javascript:alert(1)", False),
    ],
)
def test_a_redirect_is_followed_to_the_same_call_of_the_same_host_only(location: str, target: bool) -> None:
    assert (redirect_target(ASKED, location) is not None) is target


def test_a_redirect_never_leads_from_https_to_http() -> None:
    assert redirect_target("https://pim.example.com/api/rest/v1/x", "http://pim.example.com/api/rest/v1/x") is None


def test_a_path_below_an_address_with_a_password_is_followed() -> None:
    asked = "http://web:word@pim.example.com/api/rest/v1/x"
    assert redirect_target(asked, "/a/api/rest/v1/x") == "http://web:word@pim.example.com/a/api/rest/v1/x"
