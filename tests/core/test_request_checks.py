"""What is refused before any view sees it: controls, boundless forms."""

from io import BytesIO
from urllib.parse import quote

import pytest

from portal.core.accounts.models import Role
from tests.factories import Make
from tests.pages import PageClient

CONTROLS = ["\x00", "\x01", "\x08", "\x0b", "\x1b", "\x1f", "\x7f"]


@pytest.mark.parametrize("sign", [*CONTROLS, "\n", "\r", "\t"])
def test_a_control_character_in_a_path_is_a_404(client: PageClient, sign: str) -> None:
    for path in ("/competitions/a{}b", "/{}", "/board/competitions/a/{}", "/verify{}"):
        assert client.get(path.format(quote(sign))).status_code == 404


@pytest.mark.parametrize("sign", CONTROLS)
@pytest.mark.parametrize("query", ["?lang={}", "?next=/a{}", "?a{}=1", "?show=open{}"])
def test_a_control_character_in_a_query_is_a_400(client: PageClient, sign: str, query: str) -> None:
    for path in ("/", "/competitions", "/sign-in"):
        assert client.get(path + query.format(quote(sign))).status_code == 400


def test_a_line_break_that_was_pasted_into_a_value_passes(client: PageClient) -> None:
    assert client.get("/competitions?show=a%0D%0Ab%09c").status_code == 200


@pytest.mark.parametrize("sign", CONTROLS)
def test_a_control_character_in_a_fields_name_is_a_400(client: PageClient, sign: str) -> None:
    assert client.post("/sign-in", data={f"email{sign}": "x"}).status_code == 400
    uploaded = client.post("/verify", data={f"a{sign}": (BytesIO(b"x"), "x.txt")})
    assert uploaded.status_code == 400


@pytest.mark.parametrize("path", ["/competitions/a", "/my/applications", "/board/", "/verify"])
def test_no_address_of_a_person_breaks_on_them_either(
    make: Make, client: PageClient, path: str
) -> None:
    client.sign_in(make.person(Role.OFFICER))
    for sign in CONTROLS:
        assert client.get(f"{path}{quote(sign)}").status_code == 404
        assert client.get(f"{path}?after={quote(sign)}").status_code == 400


def test_invalid_bytes_in_an_address_are_no_500(client: PageClient) -> None:
    for path in ("/%ff%fe", "/competitions/%c3%28", "/?lang=%ff", "/competitions?show=%ed%a0%80"):
        assert client.get(path).status_code in (200, 400, 404)


def test_a_part_of_a_form_without_a_name_is_a_400(client: PageClient) -> None:
    for kind in ("", '; filename="x.txt"'):
        body = f"--b\r\nContent-Disposition: form-data{kind}\r\n\r\nx\r\n--b--\r\n".encode()
        sent = client.post("/verify", data=body, content_type="multipart/form-data; boundary=b")
        assert sent.status_code == 400


@pytest.mark.parametrize("host", ["a" * 300, "..", "[::1", "a:b:c", "\u0101"])
def test_a_host_that_cannot_be_is_no_500(client: PageClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host.encode().decode("latin1")})
    assert answer.status_code in (200, 400, 404)


@pytest.mark.parametrize("origin", ["http://[x", "//", "http://\x00"])
def test_an_origin_that_cannot_be_is_no_500(client: PageClient, origin: str) -> None:
    sent = client.post("/sign-in", data=b"email=a", headers={"Origin": origin})
    assert sent.status_code == 400


def test_a_form_without_files_may_have_four_megabytes(client: PageClient) -> None:
    name = "x" * 1024 * 1024
    assert client.post("/sign-in", data={"email": name, "password": name}).status_code == 422
    assert client.post("/sign-in", data={"email": name * 4}).status_code == 413


def test_a_form_may_not_have_a_million_fields(client: PageClient) -> None:
    fields = {f"f{number}": "" for number in range(2001)}
    assert client.post("/sign-in", data=fields).status_code == 413
