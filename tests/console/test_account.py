"""What somebody changes about her own account, and an administrator about others."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.access.accounts import Role
from tests.harness.console_app import PASSWORD, ConsoleApp


def test_what_lets_her_in_is_changed_with_her_password_only(pages: ConsoleApp) -> None:
    ada = pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    kept = pages.accounts.get(ada.id)
    visit.get("/console/account")
    for path in ("password", "app", "codes", "passkey", "no-passkeys"):
        answer = visit.post(f"/console/account/{path}", {"current": "wrong", "password": "heel andere woorden"})
        assert answer.status_code == 403, path
    assert pages.accounts.get(ada.id) == kept


@pytest.mark.parametrize("chosen", ["kort", "aaaaaaaaaaaa", "x" * 201, "Ada en nog wat"[:12]])
def test_a_weak_password_is_not_taken(pages: ConsoleApp, chosen: str) -> None:
    pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    visit.get("/console/account")
    assert visit.post("/console/account/password", {"current": PASSWORD, "password": chosen}).status_code == 409
    assert pages.browser().log_in("Ada").status_code == 303


def test_another_app_takes_the_place_of_the_first_once_it_is_proved(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    visit.get("/console/account")
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", visit.post("/console/account/app", {"current": PASSWORD}).text)
    assert secret
    assert visit.post("/console/account/app/code", {"code": "000000"}).status_code == 403
    assert pages.browser().log_in("Ada").status_code == 303  # the old one still serves
    done = visit.post("/console/account/app/code", {"code": visit.digits(secret[1])})
    assert len(re.findall(r"<code>[0-9a-f-]{31}</code>", done.text)) == 8
    assert pages.browser().log_in("Ada").status_code == 403
    other = pages.browser()
    assert other.log_in("Ada", code=other.digits(secret[1])).status_code == 303


def test_new_recovery_codes_make_the_old_ones_void(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    visit.get("/console/account")
    lists = [
        re.findall(r"<code>([0-9a-f-]{31})</code>", visit.post("/console/account/codes", {"current": PASSWORD}).text)
        for _twice in range(2)
    ]
    assert pages.browser().log_in("Ada", code=lists[0][0]).status_code == 403
    assert pages.browser().log_in("Ada", code=lists[1][0]).status_code == 303


def test_languages_decide_whom_she_sees_first(pages: ConsoleApp) -> None:
    ada = pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    visit.get("/console/account")
    visit.post("/console/account/languages", {"language": ["ar", "en", "klingon"]})
    kept = pages.accounts.get(ada.id)
    assert kept
    assert set(kept.languages) == {"ar", "en"}
    assert "Bewaard" in visit.get("/console/account?done=").text


def test_logging_out_everywhere(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    visits = [pages.logged_in("Ada") for _browser in range(2)]
    visits[0].get("/console/account")
    visits[0].post("/console/account/everywhere")
    assert [visit.is_in() for visit in visits] == [False, False]


def test_an_administrator_adds_somebody_and_cannot_shut_herself_out(pages: ConsoleApp) -> None:
    adam = pages.somebody("Adam", Role.ADMINISTRATOR)
    visit = pages.logged_in("Adam")
    visit.get("/console/people")
    page = visit.post("/console/people", {"name": "<b>Bea</b>", "role": "supervisor", "current": PASSWORD})
    one_time = re.search(r'id="one-time">([a-z2-9-]{23})<', page.text)
    assert one_time
    assert "<b>Bea" not in page.text
    assert pages.browser().log_in("<b>bea</b>", one_time[1]).location == "/console/start"
    assert visit.post("/console/people", {"name": "<B>BEA</B>", "role": "advisor"}).status_code == 409
    assert visit.post("/console/people", {"name": "Cor", "role": "king"}).status_code == 400
    for act in ("disable", "reset", "role"):
        assert visit.post(f"/console/people/{adam.id}", {"do": act, "role": "advisor"}).status_code == 409
    assert visit.post("/console/people/nobody", {"do": "disable"}).status_code == 404
    assert visit.post("/console/people/nobody", {"do": "dance"}).status_code == 400
    bea = pages.accounts.find("<b>Bea</b>")
    assert bea
    assert visit.post(f"/console/people/{bea.id}", {"do": "role", "role": "advisor"}).status_code == 200
    assert pages.accounts.get(bea.id).role is Role.ADVISOR  # type: ignore[union-attr]
    assert pages.audit() == ["login", "person_added", "person_role"]


def test_the_log_is_read_page_by_page(pages: ConsoleApp) -> None:
    pages.somebody("Sue", Role.SUPERVISOR)
    visit = pages.logged_in("Sue")
    for number in range(150):
        pages.audit_log.write("", "claim", f"merel vlier {number:03}")
    page = visit.get("/console/audit")
    assert "merel vlier 149" in page.text
    older = re.search(r'href="(/console/audit\?before=[0-9-]+)"', page.text)
    assert older
    page = visit.get(older[1])
    assert "merel vlier 000" in page.text
    assert "merel vlier 149" not in page.text
    for nonsense in ("x", "(", "-", "+", "1-2-3"):
        assert visit.get(f"/console/audit?before={nonsense}").status_code == 200


ANSWERS = st.one_of(
    st.text(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
            st.sampled_from(["id", "rawId", "response", "type", "clientDataJSON", "authenticatorData", "signature"]),
            inner,
            max_size=5,
        ),
        max_leaves=12,
    ).map(json.dumps),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(answer=ANSWERS)
def test_whatever_pretends_to_be_a_passkey_lets_nobody_in(pages: ConsoleApp, answer: str) -> None:
    if not pages.accounts.find("Ada"):
        pages.somebody("Ada")
    pages.redis.delete(*pages.redis.keys("helpline:door:*") or ["none"])
    visit = pages.browser()
    visit.get("/console/login")
    name = visit.get("/console/login/passkey").get_json()["name"]
    answered = visit.post("/console/login/passkey", {"name": name, "answer": answer})
    assert answered.status_code == 403
    assert not visit.is_in()


@pytest.mark.parametrize(
    "chosen",
    [
        "password1234",
        "Welkom123456!",
        "qwertyuiop12",
        "ada1990ada1990",
        "veiligthuis1!",
        "aaaabbbbccccdd",
    ],
)
def test_a_password_that_is_tried_first_is_not_taken(pages: ConsoleApp, chosen: str) -> None:
    pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    visit.get("/console/account")
    answer = visit.post("/console/account/password", {"current": PASSWORD, "password": chosen})
    assert answer.status_code == 409
    assert pages.browser().log_in("Ada").status_code == 303


@pytest.mark.parametrize(
    "chosen",
    [
        "Op de zolder van mijn oma staan nog 27 blikken verf die niemand ooit gebruikt heeft",
        "aardappelsoep met ballen",
        "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643\u0645 \u0641\u064a",
        "  spaties tellen mee  ",
        "7QW-zp!4cKf_m",
    ],
)
def test_any_characters_are_taken_also_many_and_none_is_dropped(pages: ConsoleApp, chosen: str) -> None:
    pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    visit.get("/console/account")
    assert visit.post("/console/account/password", {"current": PASSWORD, "password": chosen}).status_code == 303
    assert pages.browser().log_in("Ada", chosen[:-1]).status_code == 403
    assert pages.browser().log_in("Ada", chosen.swapcase() if chosen.isascii() else f"{chosen} ").status_code == 403
    assert pages.browser().log_in("Ada", chosen).status_code == 303


def test_an_administrator_logs_somebody_out_everywhere(pages: ConsoleApp) -> None:
    ada = pages.somebody("Ada")
    pages.somebody("Adam", Role.ADMINISTRATOR)
    visits, visit = [pages.logged_in("Ada") for _browser in range(2)], pages.logged_in("Adam")
    visit.get("/console/people")
    assert visit.post(f"/console/people/{ada.id}", {"do": "logout"}).status_code == 403
    assert visit.post(f"/console/people/{ada.id}", {"do": "logout", "current": PASSWORD}).status_code == 200
    assert [each.is_in() for each in visits] == [False, False]
    assert pages.browser().log_in("Ada").status_code == 303
    assert "person_logged_out" in pages.audit()
