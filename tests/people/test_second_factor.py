"""The second factor: derived and never stored, confirmed before it counts, used once, lost and given back. Both databases."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.people import audit, totp
from bot.people.administration import Administration
from bot.people.login import TooManyLogins, WrongLogin
from bot.people.own import NoSecondFactor, OwnAccount, WrongCode
from bot.people.people import People
from bot.people.second_factor import PENDING
from bot.people.tables import recovery_codes, second_factors
from bot.settings import Settings
from bot.store.engine import reading
from tests.people.conftest import NOON, PASSWORD

STEP = timedelta(seconds=totp.STEP_SECONDS)


@pytest.fixture
def anne(people):
    return people.add("anne@example.org", PASSWORD, ["navigator"], name="Anne", territories=["1623"], now=NOON)


@pytest.fixture
def own(people):
    return OwnAccount(people)


def enrol(own: OwnAccount, person, now: datetime = NOON):
    """(the telephone, its recovery codes) of somebody who set it up at `now`, with the code of that moment."""
    token = own.people.log_in(person.email, PASSWORD, now)
    own.begin(person, PASSWORD, now=now)
    phone = pyotp.TOTP(own.pending(person, now)[0])
    return phone, own.confirm(person, token, phone.at(now), now=now)


def log_in(people, code: str, now: datetime):
    return people.log_in("anne@example.org", PASSWORD, now, code=code)


def test_it_counts_only_once_a_code_confirmed_it(people, own, anne):
    own.begin(anne, PASSWORD, now=NOON)
    assert people.log_in(anne.email, PASSWORD, NOON)  # not asked for yet
    with pytest.raises(WrongCode):
        own.confirm(anne, "token", "000000", now=NOON)
    assert people.log_in(anne.email, PASSWORD, NOON) and own.second_factor(anne).since is None


def test_secret_that_waited_too_long_confirms_nothing(own, anne):
    own.begin(anne, PASSWORD, now=NOON)
    secret, _ = own.pending(anne, NOON)
    later = NOON + PENDING
    with pytest.raises(NoSecondFactor):
        own.confirm(anne, "token", pyotp.TOTP(secret).at(later), now=later)


def test_once_confirmed_the_password_alone_opens_nothing(people, own, anne):
    people.limits = type(people.limits)(100, 100)
    phone, _ = enrol(own, anne)
    later = NOON + 2 * STEP
    for code in ("", "000000", phone.at(later + 10 * STEP)):
        with pytest.raises(WrongLogin):
            log_in(people, code, later)
    assert log_in(people, phone.at(later), later)


def test_confirming_ends_the_sessions_opened_without_it(people, own, anne):
    before = people.log_in(anne.email, PASSWORD, NOON)
    enrol(own, anne)
    assert people.of_token(before, NOON) is None


@pytest.mark.parametrize(("late", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_taken_one_step_before_and_after_its_time_and_no_more(people, own, anne, late, taken):
    phone, _ = enrol(own, anne)
    now = NOON + 10 * STEP
    if taken:
        assert log_in(people, phone.at(now - late * STEP), now)
    else:
        with pytest.raises(WrongLogin):
            log_in(people, phone.at(now - late * STEP), now)


def test_a_code_opens_once_and_those_before_it_no_more(people, own, anne):
    people.limits = type(people.limits)(100, 100)
    phone, _ = enrol(own, anne)
    with pytest.raises(WrongLogin):  # the code that confirmed is used too
        log_in(people, phone.at(NOON), NOON)
    now = NOON + 10 * STEP
    assert log_in(people, phone.at(now), now)
    for again in (phone.at(now), phone.at(now - STEP)):
        with pytest.raises(WrongLogin):
            log_in(people, again, now)
    assert log_in(people, phone.at(now + STEP), now + STEP)


def test_one_code_sent_many_times_at_once_opens_one_session(people, own, anne):
    people.limits = type(people.limits)(100, 100)
    phone, _ = enrol(own, anne)
    now, opened, gate = NOON + 10 * STEP, [], threading.Barrier(6)

    def use() -> None:
        gate.wait()
        with suppress(WrongLogin):
            opened.append(log_in(people, phone.at(now), now))

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


def test_ten_recovery_codes_open_once_each_and_are_kept_only_as_hashes(engine, people, own, anne):
    people.limits = type(people.limits)(1000, 1000)
    _, codes = enrol(own, anne)
    assert len(set(codes)) == totp.CODES
    with reading(engine) as connection:
        kept = str(connection.execute(select(recovery_codes)).all())
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    for code in codes:
        assert log_in(people, code.upper().replace("-", " "), NOON)
        with pytest.raises(WrongLogin):
            log_in(people, code, NOON)
    assert own.second_factor(anne).codes == 0
    with reading(engine) as connection:
        assert [row.action for row in audit.entries(connection)].count("recovery_used") == totp.CODES


def test_new_recovery_codes_take_the_place_of_the_former(people, own, anne):
    phone, old = enrol(own, anne)
    now = NOON + 10 * STEP
    new = own.renew_codes(anne, PASSWORD, phone.at(now), now=now)
    with pytest.raises(WrongLogin):
        log_in(people, old[0], now)
    assert log_in(people, new[0], now)


def test_wrong_codes_count_as_failed_log_ins(people, own, anne):
    phone, _ = enrol(own, anne)
    now = NOON + 10 * STEP
    for _ in range(3):  # the limit of these tests
        with pytest.raises(WrongLogin):
            log_in(people, "000000", now)
    with pytest.raises(TooManyLogins):
        log_in(people, phone.at(now), now)


def test_neither_the_secret_nor_a_code_is_in_the_database(engine, people, own, anne):
    phone, _ = enrol(own, anne)
    with reading(engine) as connection:
        kept = str(connection.execute(select(second_factors)).all())
    assert phone.secret not in kept and phone.at(NOON) not in kept


def test_another_key_makes_another_secret_and_old_codes_open_nothing(engine, settings, people, own, anne):
    phone, codes = enrol(own, anne)
    stolen = People(engine, settings, secret="another key, of thirty-two characters")
    now = NOON + 10 * STEP
    for code in (phone.at(now), codes[0]):
        with pytest.raises(WrongLogin):
            log_in(stolen, code, now)


def test_changing_telephones_asks_for_the_old_one_which_counts_until_the_new_one_does(people, own, anne):
    old, _ = enrol(own, anne)
    people.limits = type(people.limits)(100, 100)
    now = NOON + 10 * STEP
    with pytest.raises(WrongLogin):
        own.begin(anne, PASSWORD, now=now)
    own.begin(anne, PASSWORD, old.at(now), now=now)
    new = pyotp.TOTP(own.pending(anne, now)[0])
    later = now + 2 * STEP
    token = log_in(people, old.at(later), later)
    own.confirm(anne, token, new.at(later), now=later)
    end = later + 2 * STEP
    with pytest.raises(WrongLogin):
        log_in(people, old.at(end), end)
    assert log_in(people, new.at(end), end)


def test_turning_it_off_asks_for_both(people, own, anne):
    phone, _ = enrol(own, anne)
    now = NOON + 10 * STEP
    with pytest.raises(WrongLogin):
        own.turn_off(anne, PASSWORD, "", now=now)
    own.turn_off(anne, PASSWORD, phone.at(now), now=now)
    assert log_in(people, "", now) and own.second_factor(anne).codes == 0


def test_an_administrator_takes_a_lost_one_away_and_sessions_end(engine, people, own, anne):
    boss = people.add("boss@example.org", PASSWORD, ["administrator"], now=NOON)
    enrol(own, anne)
    assert Administration(people).reset_second_factor(boss, anne.id, NOON)
    assert not Administration(people).reset_second_factor(boss, anne.id, NOON)
    assert log_in(people, "", NOON)
    with reading(engine) as connection:
        (row,) = [one for one in audit.entries(connection) if one.action == "second_factor_reset"]
    assert (row.person_id, row.detail) == (boss.id, {"email": "anne@example.org"})


# A role that must have one


def test_a_role_that_must_have_one_opens_nothing_else_until_it_is_set_up(engine, settings, anne):
    strict = People(engine, Settings(data=settings.data, second_factor_roles="administrator, navigator"), secret="x" * 32)
    token = strict.log_in(anne.email, PASSWORD, NOON)
    entered = strict.of_token(token, NOON)
    assert (entered.pending, entered.roles) == ("second_factor", ())
    assert strict.get(anne.email).last_seen_at is None  # nobody is served by somebody who cannot open the desk
    own = OwnAccount(strict)
    own.begin(entered, PASSWORD, now=NOON)
    own.confirm(entered, token, pyotp.TOTP(own.pending(entered, NOON)[0]).at(NOON), now=NOON)
    assert strict.of_token(token, NOON).roles == ("navigator",)


def test_a_role_that_need_not_is_reminded_when_it_reads_residents_or_administers(people):
    for role, advised in (("navigator", ("second_factor",)), ("administrator", ("second_factor",)), ("table", ()), ("maintainer", ())):
        people.add(f"{role}@example.org", PASSWORD, [role], now=NOON)
        entered = people.of_token(people.log_in(f"{role}@example.org", PASSWORD, NOON), NOON)
        assert (entered.pending, entered.advised, entered.roles) == (None, advised, (role,))


# The arithmetic


@given(st.binary(min_size=1, max_size=40).map(bytes.hex), st.integers(min_value=1_600_000_000, max_value=4_000_000_000))
def test_every_authenticator_gives_a_code_that_is_taken(salt, seconds):
    secret = totp.secret_of("key", salt)
    now = datetime.fromtimestamp(seconds, tz=NOON.tzinfo)
    assert totp.step_of(secret, pyotp.TOTP(secret).at(now), now, 0) == seconds // totp.STEP_SECONDS


@given(st.text(max_size=40))
def test_any_text_as_a_code_is_only_a_wrong_code(text):
    assert totp.step_of(totp.secret_of("key", "salt"), text, NOON, 2**40) is None
    assert len(totp.recovery_hash("key", "anne", text)) == 64


def test_qr_code_is_a_file_that_the_policy_allows():
    svg = totp.qr_svg(totp.uri_of(totp.secret_of("key", "salt"), "anne@example.org")).decode()
    assert "<script" not in svg and "style=" not in svg and "href" not in svg
