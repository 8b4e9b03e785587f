"""bonneporte demand: publish a finished month, show and export what is published, load a demonstration, make doors."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from bot.demand.demonstrate import demonstrate
from bot.demand.doors import add_door, door_names
from bot.demand.export import FORMATS, export, file_name
from bot.demand.labels import label, number, period_label, words
from bot.demand.load import LoadFaults, NotADemonstration, load
from bot.demand.plan import load_plan
from bot.demand.publish import publish
from bot.demand.published import Published, UnknownTable, published, published_tables
from bot.directory.catalogue import Directory
from bot.directory.load import load_embedded
from bot.settings import Settings
from bot.store.base import utcnow
from bot.store.engine import make_engine, reading, writing
from bot.store.schema import upgrade

__all__ = ["add_parser", "run"]

DONE, FAILED = 0, 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's arguments, under `demand`."""
    parser = subparsers.add_parser("demand", help="publish, show and export what residents ask for")
    actions = parser.add_subparsers(dest="action", required=True)
    action = actions.add_parser("publish", help="publish a finished month, once and for all")
    action.add_argument("month", metavar="MONTH", help="as 2026-09")
    action = actions.add_parser("show", help="print what is published")
    _selection(action)
    action.add_argument("--language", choices=("fr", "en"), default="fr")
    action = actions.add_parser("export", help="write what is published to files, or one table to the standard output")
    _selection(action)
    action.add_argument("--format", choices=FORMATS, default="csv")
    action.add_argument("--output", type=Path, help="a file for one table, a folder for all (default: this folder)")
    action = actions.add_parser("load", help="load made-up events into a demonstration database")
    action.add_argument("file", metavar="FILE.jsonl", type=Path)
    action = actions.add_parser("demonstrate", help="fill a database of its own with a year of made-up months, to try the table's pages")
    action.add_argument("--data", type=Path, default=Path(".demonstration"), help="its folder, for `up --data` (default .demonstration)")
    action.add_argument("--monthly", type=int, default=1000, help="requests in its busiest month (default 1000)")
    action.add_argument("--seed", type=int, default=1, help="another number gives other months")
    action = actions.add_parser("doors", help="list the doors, or make one")
    action.add_argument("code", nargs="?", help="what the link carries: letters, digits, - and _")
    action.add_argument("name", nargs="?", help="the place's public name")


def _selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", choices=tuple(load_plan().tables), help="one table (default: all)")
    parser.add_argument("--from", dest="first", metavar="MONTH", help="first month, as 2026-01")
    parser.add_argument("--to", dest="last", metavar="MONTH", help="last month")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Carry out the command; 0 when done, 1 with a message on standard error otherwise."""
    if args.action == "demonstrate":  # never the database of the settings
        settings = replace(settings, data=args.data, database_url="")
        args.data.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database)
    try:
        upgrade(engine)
        return {"demonstrate": _demonstrate, "publish": _publish, "show": _show, "export": _export, "load": _load, "doors": _doors}[args.action](args, engine)
    except LoadFaults as error:
        for line, reason in error.faults:
            print(f"{args.file}, line {line}: {reason}", file=sys.stderr)
        print("Nothing was loaded.", file=sys.stderr)
    except UnknownTable as error:
        print(f"There is no table {error.args[0]}.", file=sys.stderr)
    except (ValueError, NotADemonstration, OSError) as error:
        print(error, file=sys.stderr)
    finally:
        engine.dispose()
    return FAILED


def _publish(args: argparse.Namespace, engine: Engine) -> int:
    for publication in publish(engine, args.month, now=utcnow()):
        shown = sum(row[-1] is not None for row in publication.rows)
        print(f"{publication.table} {publication.period}: {shown} of {len(publication.rows)} cells published, sha256 {publication.digest}")
    return DONE


def _chosen(args: argparse.Namespace, engine: Engine) -> list[Published]:
    names = [args.table] if args.table else [entry["table"] for entry in published_tables(engine)]
    return [published(engine, name, args.first, args.last) for name in names]


def _show(args: argparse.Namespace, engine: Engine) -> int:
    """Published cells as text, one a line; how many are withheld; the rule under each table."""
    language = args.language
    tables = _chosen(args, engine)
    if not any(table.cells for table in tables):
        print(words(language, "missing"))
    for table in tables:
        print(f"\n{words(language, f'tables.{table.table}')}: {', '.join(period_label(language, period) for period in table.periods)}")
        if table.demonstration:
            print(words(language, "demonstration"))
        for cell in table.cells:
            if not cell["withheld"]:
                names = (label(language, dimension, cell[dimension], table.names) for dimension in table.dimensions)
                print(f"  {' | '.join(names)}: {number(language, cell['value'])}")
        print(f"  ({words(language, 'withheld')}: {sum(cell['withheld'] for cell in table.cells)})")
        print(f"{table.rule[language]}\nsha256 {table.digest}")
    return DONE


def _export(args: argparse.Namespace, engine: Engine) -> int:
    tables = _chosen(args, engine)
    if args.table and args.output is None:
        sys.stdout.buffer.write(export(tables[0], args.format))
        sys.stdout.buffer.flush()
        return DONE
    for table in tables:
        path = args.output if args.table else (args.output or Path()) / file_name(table, args.format)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(export(table, args.format))
        print(path)
    if not tables:
        print(words("fr", "missing"), words("en", "missing"), sep="\n", file=sys.stderr)
    return DONE


def _load(args: argparse.Namespace, engine: Engine) -> int:
    with args.file.open(encoding="utf-8-sig") as lines:
        loaded = load(engine, lines)
    print(f"{loaded.events} events loaded; this database is a demonstration.")
    if loaded.late:
        print(f"{loaded.late} of them came after their month was published: they count in the next one.")
    return DONE


def _demonstrate(args: argparse.Namespace, engine: Engine) -> int:
    if not 1 <= args.monthly <= 100_000:
        raise ValueError("--monthly must be from 1 to 100000")
    load_embedded(engine)
    for month, shown in demonstrate(engine, Directory(engine), monthly=args.monthly, seed=args.seed, now=utcnow()):
        print(f"{month}: made up and published, {shown} cells shown", file=sys.stderr)
    print(f"A year of made-up months is in {args.data}. To look at it:\n  ./bonneporte up --data {args.data}\nthen sign in and open /table.")
    return DONE


def _doors(args: argparse.Namespace, engine: Engine) -> int:
    if args.code and not args.name:
        raise ValueError("a door needs a name: demand doors CODE NAME")
    if args.code:
        with writing(engine) as connection:
            print("made" if add_door(connection, args.code, args.name) else "there is one already", args.code)
        return DONE
    with reading(engine) as connection:
        for code, name in door_names(connection).items():
            print(f"{code}\t{name}")
    return DONE
