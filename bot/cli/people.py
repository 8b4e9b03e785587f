"""bonneporte people: the accounts of those who answer, read the demand, keep the directory or administer.

A password is asked for on the terminal, twice, or read from the first line of standard input; never an argument, which
other users of the machine could see.
"""

from __future__ import annotations

import argparse
import getpass
import sys

from sqlalchemy import Engine

from bot.demand.territories import territories
from bot.needs import all_needs
from bot.people.administration import Administration
from bot.people.passwords import WeakPassword
from bot.people.people import Account, People, UnknownPerson
from bot.people.person import ROLES, PersonError
from bot.settings import Settings
from bot.store.engine import make_engine
from bot.store.schema import upgrade
from bot.words import LANGUAGES

__all__ = ["add_parser", "run"]

DONE, FAILED = 0, 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's arguments, under `people`."""
    parser = subparsers.add_parser("people", help="add, list and disable accounts, set passwords")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add an account; its password is asked for, or read from standard input")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--role", dest="roles", action="append", choices=ROLES, required=True, help="can be repeated")
    add.add_argument("--territory", dest="territories", action="append", default=[], metavar="CODE",
                     help="RLS code that a navigator serves, or all; can be repeated. Without one, a navigator sees no request")
    add.add_argument("--language", dest="languages", action="append", default=[], choices=LANGUAGES,
                     help="language that the person answers in; can be repeated (default: both)")
    add.add_argument("--topic", dest="topics", action="append", default=[], choices=tuple(all_needs()), metavar="NEED",
                     help="need that the person answers for; can be repeated (default: all)")
    add.add_argument("--name", help="name that residents are told (default: what stands before the @)")
    add.add_argument("--pages", dest="language", choices=LANGUAGES, help="language of the person's own pages (default: the first --language, else fr)")
    actions.add_parser("list", help="list the accounts")
    for name, text in (
        ("disable", "close an account and its sessions; `password` opens it again"),
        ("password", "set a new password, asked for or read from standard input; sessions end"),
        ("reset-totp", "take a lost second factor away"),
    ):
        actions.add_parser(name, help=text).add_argument("email", metavar="EMAIL")


def run(args: argparse.Namespace, settings: Settings, engine: Engine | None = None) -> int:
    """Carry out the command; 0 when done, 1 with a message on standard error otherwise. `engine`: a database whose schema
    is there already (tests)."""
    given = engine
    if engine is None:
        settings.data.mkdir(parents=True, exist_ok=True)
        engine = make_engine(settings.database)
        upgrade(engine)
    people = People(engine, settings, territories())
    try:
        {"add": _add, "list": _list, "disable": _disable, "password": _password, "reset-totp": _reset_totp}[args.action](args, people)
        return DONE
    except UnknownPerson:
        print(f"Nobody has the address {args.email}. `bonneporte people list` shows all accounts.", file=sys.stderr)
    except (PersonError, WeakPassword, NoPassword) as error:
        print(f"{str(error)[:1].upper()}{str(error)[1:]}.", file=sys.stderr)
    finally:
        if given is None:
            engine.dispose()
    return FAILED


class NoPassword(Exception):
    """None was given, or the two did not agree."""


def _read_password() -> str:
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise NoPassword("a password is expected on standard input")
        return password
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise NoPassword("the two passwords are not the same: nothing was changed")
    return password


def _add(args: argparse.Namespace, people: People) -> None:
    person = people.add(
        args.email, _read_password(), args.roles, name=args.name, territories=args.territories, languages=args.languages,
        topics=args.topics, language=args.language or (args.languages or ["fr"])[0],
    )
    print(f"{person.email} added: {', '.join(person.roles)}")
    if "navigator" in person.roles and not person.territories:
        print("This navigator sees no request: give a --territory, or all.", file=sys.stderr)


def _list(args: argparse.Namespace, people: People) -> None:
    for account in people.all():
        print(_line(account))


def _line(account: Account) -> str:
    person = account.person
    seen = f"seen {account.last_seen_at:%Y-%m-%d %H:%M} UTC" if account.last_seen_at else "not signed in"
    return "  ".join([
        person.email, person.name, ",".join(person.roles), f"territories: {','.join(person.territories) or 'none'}",
        f"languages: {','.join(person.languages)}", f"topics: {','.join(person.topics) or 'all'}",
        "DISABLED" if account.disabled else seen,
    ])


def _disable(args: argparse.Namespace, people: People) -> None:
    people.disable(args.email)
    print(f"{args.email} disabled; their sessions have ended")


def _password(args: argparse.Namespace, people: People) -> None:
    people.get(args.email)  # before anything is asked
    people.set_password(args.email, _read_password())
    print(f"{args.email} has a new password; their sessions have ended")


def _reset_totp(args: argparse.Namespace, people: People) -> None:
    person = people.get(args.email).person
    if Administration(people).reset_second_factor(None, person.id):
        print(f"{args.email} has no second factor any more; their sessions have ended")
    else:
        print(f"{args.email} has no second factor: there is nothing to take away")
