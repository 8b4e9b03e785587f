"""`bonneporte people`: passwords never as an argument, exit codes, what is printed."""

from __future__ import annotations

import argparse
import io

import pytest

from bot.cli import people as command
from bot.people.login import WrongLogin
from tests.people.conftest import PASSWORD


@pytest.fixture
def run(engine, settings, monkeypatch):
    def run(*arguments, stdin=""):
        parser = argparse.ArgumentParser()
        command.add_parser(parser.add_subparsers(dest="command"))
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        return command.run(parser.parse_args(["people", *arguments]), settings, engine)

    return run


def test_add_list_password_disable(run, people, capsys):
    assert run("add", "anne@example.org", "--role", "navigator", "--territory", "1623", "--territory", "1411", "--language", "fr",
               "--topic", "food", "--name", "Anne", stdin=PASSWORD + "\n") == 0
    assert people.of_token(people.log_in("anne@example.org", PASSWORD)).territories == ("1623", "1411")
    capsys.readouterr()
    assert run("list") == 0
    line = capsys.readouterr().out
    assert "anne@example.org" in line and "1623,1411" in line and "argon2" not in line
    assert run("password", "anne@example.org", stdin="un autre mot de passe\n") == 0
    with pytest.raises(WrongLogin):
        people.log_in("anne@example.org", PASSWORD)
    assert run("disable", "anne@example.org") == 0
    with pytest.raises(WrongLogin):
        people.log_in("anne@example.org", "un autre mot de passe")
    capsys.readouterr()
    run("list")
    assert "DISABLED" in capsys.readouterr().out


def test_navigator_without_territory_is_warned_of(run, capsys):
    assert run("add", "anne@example.org", "--role", "navigator", stdin=PASSWORD) == 0
    assert "sees no request" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("disable",), ("password",), ("reset-totp",)])
def test_unknown_person_fails_with_what_to_do(run, capsys, arguments):
    assert run(*arguments, "nobody@example.org", stdin=PASSWORD) == 1
    assert "people list" in capsys.readouterr().err


@pytest.mark.parametrize(("extra", "stdin"), [
    (["--territory", "9999"], PASSWORD), (["--territory", "Sorel"], PASSWORD), ([], "court"), ([], ""),
])
def test_wrong_values_fail_and_add_nobody(run, people, capsys, extra, stdin):
    assert run("add", "anne@example.org", "--role", "navigator", *extra, stdin=stdin) == 1
    assert capsys.readouterr().err and people.all() == []


def test_territory_all(run, people):
    assert run("add", "anne@example.org", "--role", "navigator", "--territory", "all", stdin=PASSWORD) == 0
    assert people.get("anne@example.org").person.territories == ("all",)


def test_there_is_no_flag_for_a_password(run):
    with pytest.raises(SystemExit):
        run("add", "anne@example.org", "--role", "table", "--password", PASSWORD)


def test_reset_totp_of_somebody_without_a_second_factor_says_so(run, capsys):
    run("add", "anne@example.org", "--role", "table", stdin=PASSWORD)
    assert run("reset-totp", "anne@example.org") == 0
    assert "no second factor" in capsys.readouterr().out
