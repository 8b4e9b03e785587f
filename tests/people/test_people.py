"""Accounts and sessions, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.people import audit
from bot.people.first import first_administrator
from bot.people.login import TooManyLogins, WrongLogin
from bot.people.passwords import WeakPassword
from bot.people.people import UnknownPerson
from bot.people.person import PersonError
from bot.people.sessions import IDLE, LIFETIME
from bot.people.tables import login_attempts, sessions
from bot.people.tables import people as table
from bot.store.engine import reading, writing
from tests.people.conftest import NOON, PASSWORD


@pytest.fixture
def anne(people):
    return people.add("anne@example.org", PASSWORD, ["navigator"], name="Anne", territories=["1623"], now=NOON)


def test_add_keeps_what_was_given(people, anne):
    account = people.get("ANNE@example.org")
    assert account.person == anne
    assert (anne.roles, anne.territories, anne.languages, anne.topics) == (("navigator",), ("1623",), ("fr", "en"), ())
    assert not account.disabled and account.last_seen_at is None


def test_add_twice_and_wrong_values_are_refused(people, anne):
    with pytest.raises(PersonError, match="already"):
        people.add("Anne@example.org", PASSWORD, ["table"])
    with pytest.raises(PersonError):
        people.add("b@example.org", PASSWORD, [])
    with pytest.raises(WeakPassword):
        people.add("b@example.org", "court", ["table"])
    assert [account.person.email for account in people.all()] == ["anne@example.org"]


def test_password_is_kept_only_as_a_hash(engine, people, anne):
    with reading(engine) as connection:
        kept = connection.execute(select(table)).one()
    assert kept.password_hash.startswith("$argon2id$") and PASSWORD not in str(tuple(kept))


def test_session_opens_and_its_token_is_kept_only_as_a_hash(engine, people, anne):
    token = people.log_in("anne@example.org", PASSWORD, NOON)
    assert people.of_token(token, NOON) == anne
    assert people.of_token(token + "x", NOON) is None
    with reading(engine) as connection:
        assert token not in str(connection.execute(select(sessions)).all())
    assert len(token) >= 43  # 256 bits in base64


def test_session_runs_out(people, anne):
    token = people.log_in("anne@example.org", PASSWORD, NOON)
    used = NOON
    while used + IDLE / 2 < NOON + LIFETIME:  # in use all day
        used += IDLE / 2
        assert people.of_token(token, used) is not None
    assert people.of_token(token, NOON + LIFETIME - timedelta(seconds=1)) is not None
    assert people.of_token(token, NOON + LIFETIME) is None


def test_session_that_nobody_uses_runs_out_before(people, anne):
    token = people.log_in("anne@example.org", PASSWORD, NOON)
    assert people.of_token(token, NOON + IDLE - timedelta(seconds=1)) is not None
    assert people.of_token(token, NOON + 2 * IDLE - timedelta(seconds=2)) is not None  # that one counted
    assert people.of_token(token, NOON + 3 * IDLE - timedelta(seconds=2)) is None


def test_log_out_ends_one_session_and_presence_with_the_last(people, anne):
    first, second = (people.log_in("anne@example.org", PASSWORD, NOON) for _ in range(2))
    people.of_token(first, NOON)
    people.log_out(first, NOON)
    assert people.of_token(first, NOON) is None and people.of_token(second, NOON) is not None
    assert people.get("anne@example.org").last_seen_at == NOON
    people.log_out(second, NOON)
    assert people.get("anne@example.org").last_seen_at is None


@pytest.mark.parametrize("act", ["disable", "password"])
def test_disabling_and_a_new_password_end_every_session(people, anne, act):
    token = people.log_in("anne@example.org", PASSWORD, NOON)
    if act == "disable":
        people.disable("anne@example.org", now=NOON)
        with pytest.raises(WrongLogin):
            people.log_in("anne@example.org", PASSWORD, NOON)
    else:
        people.set_password("anne@example.org", "un autre mot de passe", now=NOON)
        with pytest.raises(WrongLogin):
            people.log_in("anne@example.org", PASSWORD, NOON)
        assert people.log_in("anne@example.org", "un autre mot de passe", NOON)
    assert people.of_token(token, NOON) is None


def test_a_new_password_opens_a_disabled_account_again(people, anne):
    people.disable("anne@example.org", now=NOON)
    people.set_password("anne@example.org", "un autre mot de passe", now=NOON)
    assert people.log_in("anne@example.org", "un autre mot de passe", NOON)


def test_unknown_people(people):
    for act in (people.get, people.disable, lambda email: people.set_password(email, PASSWORD)):
        with pytest.raises(UnknownPerson):
            act("nobody@example.org")


def test_presence_is_written_at_most_once_a_minute(people, anne):
    token = people.log_in("anne@example.org", PASSWORD, NOON)

    def seen():
        return people.get("anne@example.org").last_seen_at

    people.of_token(token, NOON)
    people.of_token(token, NOON + timedelta(seconds=59))
    assert seen() == NOON
    people.of_token(token, NOON + timedelta(seconds=60))
    assert seen() == NOON + timedelta(seconds=60)


@pytest.mark.parametrize("email", ["anne@example.org", "nobody@example.org"])
def test_limit_on_failed_log_ins_is_the_same_for_an_unknown_account(people, anne, email):
    for minute in range(3):
        with pytest.raises(WrongLogin):
            people.log_in(email, "faux mot de passe", NOON + timedelta(minutes=minute))
    with pytest.raises(TooManyLogins) as limit:
        people.log_in(email, PASSWORD, NOON + timedelta(minutes=30))
    assert limit.value.retry_after == 30 * 60
    with pytest.raises(TooManyLogins):  # a refused one does not count: the hour does not begin again
        people.log_in(email.upper(), PASSWORD, NOON + timedelta(minutes=59))


def test_limit_is_over_after_an_hour_and_right_ones_do_not_count(people, anne):
    for _ in range(3):
        with pytest.raises(WrongLogin):
            people.log_in("anne@example.org", "faux mot de passe", NOON)
    later = NOON + timedelta(hours=1, seconds=1)
    for _ in range(5):
        assert people.log_in("anne@example.org", PASSWORD, later)


def test_limit_holds_against_many_at_once(engine, people, anne):
    outcomes, gate = [], threading.Barrier(8)

    def guess():
        gate.wait()
        try:
            people.log_in("anne@example.org", "faux mot de passe", NOON)
        except (WrongLogin, TooManyLogins) as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(WrongLogin) <= 3 and len(outcomes) == 8


def test_address_of_an_attempt_is_kept_only_as_a_hash(engine, people):
    with pytest.raises(WrongLogin):
        people.log_in("someone@example.org", "faux mot de passe", NOON)
    with reading(engine) as connection:
        assert "someone" not in str(connection.execute(select(login_attempts)).all())


@pytest.mark.parametrize("email", ["\x00", "\ud800@example.org", "", "a" * 10_000])
def test_nonsense_as_an_address_is_a_wrong_login(people, email):
    with pytest.raises(WrongLogin):
        people.log_in(email, PASSWORD, NOON)


def test_every_act_is_in_the_audit_log_without_a_password(engine, people, anne):
    token = people.log_in("anne@example.org", PASSWORD, NOON)
    people.log_out(token, NOON)
    people.set_password("anne@example.org", "un autre mot de passe", by=anne.id, now=NOON)
    people.disable("anne@example.org", now=NOON)
    with reading(engine) as connection:
        rows = audit.entries(connection)
    assert [row.action for row in rows] == ["person_added", "signed_in", "signed_out", "password_set", "person_disabled"]
    assert "mot de passe" not in str(rows)


def test_audit_log_has_no_place_for_text(engine):
    with writing(engine) as connection, pytest.raises(ValueError, match="text"):
        audit.write(connection, None, "note_added", NOON, text="ce que la personne a dit")


# The first run


def test_first_administrator_is_made_once_with_a_file_of_mode_600(engine, people, settings):
    first = first_administrator(engine, settings)
    assert first is not None
    assert first.path.stat().st_mode & 0o777 == 0o600
    assert first.path.read_text() == f"email: {first.email}\npassword: {first.password}\n"
    token = people.log_in(first.email, first.password)
    assert people.of_token(token).administrator
    assert first_administrator(engine, settings) is None


def test_no_first_administrator_when_there_is_an_account(engine, anne, settings):
    assert first_administrator(engine, settings) is None
    assert not settings.data.exists()


def test_an_older_file_that_others_can_read_is_replaced(engine, settings):
    settings.data.mkdir()
    old = settings.data / "first-administrator.txt"
    old.write_text("old")
    old.chmod(0o644)
    first = first_administrator(engine, settings)
    assert first.path.stat().st_mode & 0o777 == 0o600 and first.password in old.read_text()


def test_without_its_file_there_is_no_first_administrator(engine, people, settings):
    settings.data.parent.mkdir(exist_ok=True)
    settings.data.write_text("a file where the folder should be")
    with pytest.raises(OSError):
        first_administrator(engine, settings)
    assert people.all() == []


def test_two_first_runs_at_once_make_one_administrator(engine, people, settings):
    made, gate = [], threading.Barrier(2)

    def run():
        gate.wait()
        made.append(first_administrator(engine, settings))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [one for one in made if one is not None]
    assert winner.password in winner.path.read_text()
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM people")) == 1
