"""`bonneporte directory import|validate|export|search|stale`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from bot.directory.cards import card
from bot.directory.catalogue import Directory
from bot.directory.export import write_json
from bot.directory.hours import TORONTO
from bot.directory.hsds.written import write_hsds_folder, write_hsds_json, write_hsds_zip
from bot.directory.imports.apply import apply
from bot.directory.imports.batch import Batch, ImportFault
from bot.directory.imports.formats import FORMATS, read
from bot.directory.imports.quick import undisturbed
from bot.directory.imports.reading import Options
from bot.directory.imports.terms import TERMS
from bot.directory.load import load_embedded
from bot.directory.questions import WORTH_ASKING, worth
from bot.directory.search import Query, Result
from bot.directory.storage import read_services
from bot.directory.trust import is_stale
from bot.needs import all_needs, need_label
from bot.places import Place, gazetteer
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import make_engine, reading
from bot.store.schema import upgrade

if TYPE_CHECKING:
    from argparse import _SubParsersAction

__all__ = ["add_parser", "run"]

OK, FAULTS, USAGE = 0, 1, 2
# Faults printed on the terminal; the count says how many there are in all.
MOST_FAULTS = 200
MOST_TERMS = 50


def add_parser(subparsers: _SubParsersAction[Any]) -> argparse.ArgumentParser:
    """Add `directory` and its own subcommands; the parsed `directory_command` names one of them."""
    parser: argparse.ArgumentParser = subparsers.add_parser("directory", help="the directory of services: import, validate, export, search, stale")
    commands = parser.add_subparsers(dest="directory_command", required=True, metavar="COMMAND")
    for name, does in (("import", "add or update services from a file"), ("validate", "say what is wrong with a file, change nothing")):
        command = commands.add_parser(name, help=does)
        command.add_argument("file", type=Path, metavar="FILE", help="HSDS JSON, folder or zip of HSDS tables, ODHF or other CSV")
        command.add_argument("--format", choices=sorted(FORMATS), help="default: what the file looks like")
        command.add_argument("--mapping", type=Path, metavar="YAML", help="the columns of a CSV that is neither (docs/hsds.md)")
        command.add_argument("--terms", type=Path, metavar="YAML", default=TERMS, help="the table of taxonomy terms (default: ours)")
        command.add_argument("--source", type=_source, metavar="NAME", help="which source this is, the same at each import (default: its format)")
        command.add_argument("--language", choices=("fr", "en"), help="of texts that do not say theirs (default: told from the words)")
        command.add_argument("--part", action="store_true", help="the file is not all of its source: close nothing")
        if name == "import":
            command.add_argument("--close-many", action="store_true", help="close even most of a source's services")
    export = commands.add_parser("export", help="write all services in HSDS 3.0: JSON (.json), or its tables (.zip or a folder)")
    export.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: standard output")
    export.add_argument("--format", choices=("hsds", "bonneporte"), default="hsds", help="bonneporte: plain records in one JSON file")
    search = commands.add_parser("search", help="what a resident would be shown")
    search.add_argument("--need", required=True, metavar="ID")
    search.add_argument("--place", required=True, metavar="TEXT", help="municipality, borough or postal code")
    search.add_argument("--language", choices=("fr", "en"), default="fr")
    search.add_argument("--at", type=_instant, metavar="ISO-TIME", help="default: now; without a zone, the time in Quebec")
    search.add_argument("--age", choices=("child", "youth", "adult", "senior"), metavar="BAND", help="child, youth, adult or senior")
    search.add_argument("--json", action="store_true")
    stale = commands.add_parser("stale", help="services verified longer ago than BONNEPORTE_STALE_DAYS, or nobody knows when")
    stale.add_argument("--json", action="store_true")
    return parser


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time as 2026-11-23T14:30") from None
    return found if found.tzinfo else found.replace(tzinfo=TORONTO)


def _source(text: str) -> str:
    if not (0 < len(text) <= 32 and all(letter.isalnum() or letter in "._-" for letter in text) and text[0].isalnum() and text.isascii()):
        raise argparse.ArgumentTypeError(f"{text!r} must be 1 to 32 letters, digits, dots or hyphens")
    return text


def run(args: argparse.Namespace, settings: Settings, engine: Engine | None = None) -> int:
    """Run the subcommand; the exit code: 0, 1 when something is wrong with the data, 2 with the question.

    Without an `engine`, the database of `settings`, brought up to date and with the embedded directory if it is empty.
    """
    command = args.directory_command
    if command == "validate":
        with undisturbed():
            return _validate(args)
    engine = engine or _database(settings)
    if command == "search":
        return _search(args, Directory(engine, stale_days=settings.stale_days))
    if command == "stale":
        return _stale(args, engine, settings.stale_days)
    return {"import": _import, "export": _export}[command](args, engine)


def _database(settings: Settings) -> Engine:
    if not settings.database_url:
        settings.data.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database)
    upgrade(engine)
    load_embedded(engine)
    return engine


def _read(args: argparse.Namespace) -> Batch | None:
    print(f"reading {args.file}", file=sys.stderr)
    options = Options(args.source, language=args.language, whole=not args.part, terms=args.terms, mapping=args.mapping,
                      progress=lambda read: print(f"  {read:,} services read", file=sys.stderr))
    try:
        batch = read(args.file, args.format, options)
    except ImportFault as error:
        _refused(error)
        return None
    for fault in batch.faults[:MOST_FAULTS]:
        print(fault, file=sys.stderr)
    if len(batch.faults) > MOST_FAULTS:
        print(f"… and {len(batch.faults) - MOST_FAULTS} more faults", file=sys.stderr)
    if batch.unmapped:
        print(f"terms that the table does not know ({args.terms.name}), and how many services have them:", file=sys.stderr)
        for term, count in sorted(batch.unmapped.items(), key=lambda each: (-each[1], each[0]))[:MOST_TERMS]:
            print(f"  {count:>6}  {term}", file=sys.stderr)
        if len(batch.unmapped) > MOST_TERMS:
            print(f"  … and {len(batch.unmapped) - MOST_TERMS} more terms", file=sys.stderr)
    return batch


def _refused(error: ImportFault) -> None:
    print(f"bonneporte: {error}. Nothing was changed.", file=sys.stderr)


def _validate(args: argparse.Namespace) -> int:
    batch = _read(args)
    if batch is None:
        return FAULTS
    print(f"sound services: {len(batch.services)}; faults: {len(batch.faults)}; rows left out: {sum(batch.left_out.values())}; "
          f"terms not mapped: {len(batch.unmapped)}")
    return FAULTS if batch.faults else OK


def _import(args: argparse.Namespace, engine: Engine) -> int:
    with undisturbed():
        return _read_and_write(args, engine)


def _read_and_write(args: argparse.Namespace, engine: Engine) -> int:
    batch = _read(args)
    if batch is None:
        return FAULTS
    print(f"writing {len(batch.services)} services", file=sys.stderr)
    try:
        summary = apply(engine, batch, progress=_progress, close_many=args.close_many)
    except ImportFault as error:
        _refused(error)
        return FAULTS
    print(summary)
    held = sum(service.status == "unverified" for service in batch.services)
    if held:
        print(f"{held} services are not confirmed: residents see none of them until a maintainer has verified them.")
    return OK


def _progress(done: int, total: int) -> None:
    print(f"  {done:,} of {total:,}", file=sys.stderr)


def _export(args: argparse.Namespace, engine: Engine) -> int:
    with reading(engine) as connection:
        services = read_services(connection)
    today = utcnow().astimezone(TORONTO).date()
    path, as_json = args.file, args.file is None or args.file.suffix.lower() == ".json"
    hsds = args.format == "hsds"
    if path is None:
        write_hsds_json(services, sys.stdout, today) if hsds else write_json(services, sys.stdout)
        return OK
    if as_json:
        with path.open("w", encoding="utf-8") as out:
            count = write_hsds_json(services, out, today) if hsds else write_json(services, out)
    elif not hsds:
        print("bonneporte: plain records are one JSON file: give a name that ends in .json", file=sys.stderr)
        return USAGE
    else:
        count = write_hsds_zip(services, path, today) if path.suffix.lower() == ".zip" else write_hsds_folder(services, path, today)
    print(f"{count} services written to {path}")
    return OK


def _place(text: str) -> Place | None:
    """The one place that `text` means; otherwise null, with what to do on standard error."""
    found = gazetteer().lookup(text).places
    if len(found) == 1:
        return found[0]
    if not found:
        print(f"bonneporte: {text!r} is not a place of the gazetteer", file=sys.stderr)
    else:
        choices = ", ".join(f"{place.display('en')} [{place.code}]" for place in found)
        print(f"bonneporte: {text!r} can be several places: {choices}. Say more, or give a postal code.", file=sys.stderr)
    return None


def _search(args: argparse.Namespace, directory: Directory) -> int:
    if args.need not in all_needs():
        print(f"bonneporte: {args.need!r} is not a need. Needs: {', '.join(all_needs())}", file=sys.stderr)
        return USAGE
    place = _place(args.place)
    if place is None:
        return USAGE
    at = args.at or utcnow()
    query = Query(args.need, place, args.language, at, args.age)
    result = directory.search(query)

    def asked(question: str) -> bool:
        return worth(directory.search, directory.has_local, query, question) >= WORTH_ASKING

    cards = [card(hit, args.language, at) for hit in result.services]
    if args.json:
        document = {"need": args.need, "place": place.as_dict(), "language": args.language, "at": at.isoformat(),
                    "outcome": result.outcome, "reason": result.reason, "more": result.more,
                    "age_matters": asked("for_whom"), "services": cards}
        print(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        print(f"{need_label(args.need, args.language)} · {place.display(args.language)} · {_outcome(result)}")
        for each in cards:
            print("\n" + _readable(each))
    return OK


def _outcome(result: Result) -> str:
    reason = f" ({result.reason})" if result.reason else ""
    return f"{result.outcome}{reason}{', more exist' if result.more else ''}"


def _readable(each: dict[str, Any]) -> str:
    address = ", ".join(part for part in (each["address"], each["municipality"], each["postal_code"]) if part)
    lines: Sequence[tuple[str, Any]] = (
        ("phone", each["phone"]), ("address", address), ("hours", each["hours"]), ("site", each["url"]),
        ("why", " · ".join(each["why"])), ("careful", " · ".join(each["cautions"])),
        ("source", f"{each['source']} ({each['verified_on'] or 'date unknown'})"), ("id", each["id"]),
    )
    return "\n".join([each["name"], *(f"  {name:<8} {value}" for name, value in lines if value)])


def _stale(args: argparse.Namespace, engine: Engine, days: int) -> int:
    today = utcnow().astimezone(TORONTO).date()
    with reading(engine) as connection:
        found = [service for service in read_services(connection, ("active",)) if is_stale(service.checked_on, today, days)]
    found.sort(key=lambda service: (service.checked_on or "", service.id))
    if args.json:
        rows = [{"id": each.id, "name": each.name.best("fr"), "verified_on": each.checked_on, "verified_by": each.verified_by,
                 "read_on": each.source.read_on, "source": each.source.name, "source_url": each.source.url} for each in found]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return OK
    for each in found:
        print(f"{each.checked_on or 'unknown':<12}{each.id:<44}{each.name.best('fr')}")
    print(f"{len(found)} services to verify again (more than {days} days, or nobody knows when)", file=sys.stderr)
    return OK
