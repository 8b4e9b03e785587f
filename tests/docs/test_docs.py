"""The documentation says what the code does: every setting, command, endpoint, field, table, library and path."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import tomllib
from starlette.routing import Route

from bot.channels import api, demand_api, desk_api, handoff_api, session_api
from bot.channels.telegram.commands import COMMANDS as TELEGRAM_COMMANDS
from bot.channels.telegram.webhook import PATH as WEBHOOK
from bot.cli.main import COMMANDS, parser_for
from bot.conversation.messages import KINDS, SENDERS
from bot.demand.event import FIELDS, REASONS, WAITS
from bot.demand.plan import load_plan
from bot.handoff.outcome import OUTCOMES
from bot.needs import all_needs
from bot.runtime.model import TRAIN_FLAGS
from bot.safety.recogniser import rules
from bot.settings import PREFIX, Settings
from bot.store.engine import make_engine
from bot.store.schema import all_tables
from bot.understanding import fields as understood
from bot.web import (
    chat_page,
    demand_acts,
    demand_page,
    directory_page,
    door_posters,
    login_page,
    not_understood_page,
    refer_page,
)

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
TOP = ("bot", "nlu", "stories", "actions", "docs", "tests", "scripts", "requirements", "bench")


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def rows(text: str) -> Iterator[list[str]]:
    """Cells of every table row of a page; "\\|" is a bar inside a cell."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def code(text: str) -> set[str]:
    """Everything in backticks on one line."""
    return set(re.findall(r"`([^`\n]+)`", text))


# Settings


def settings_rows() -> dict[str, list[str]]:
    return {row[0].strip("`"): row for row in rows(read("docs/settings.md")) if row[0].startswith(f"`{PREFIX}")}


@pytest.mark.parametrize("name", [spec.name for spec in fields(Settings)])
def test_a_setting_is_documented_with_its_default(name: str) -> None:
    row = settings_rows()[PREFIX + name.upper()]
    default = str(next(spec.default for spec in fields(Settings) if spec.name == name))
    assert row[1] == (f"`{default}`" if default else "empty")
    assert len(row[2]) > 10


def test_no_setting_is_documented_that_does_not_exist() -> None:
    assert set(settings_rows()) == {PREFIX + spec.name.upper() for spec in fields(Settings)}


def test_the_bounds_of_a_setting_are_those_documented() -> None:
    documented = settings_rows()
    for spec in fields(Settings):
        found = re.search(r"\((\d+) to (\d+)\)", documented[PREFIX + spec.name.upper()][2])
        if found:
            assert (int(found[1]), int(found[2])) == (spec.metadata["low"], spec.metadata["high"])


# The command line


def commands_documented() -> str:
    return "\n".join(cell for row in rows(read("docs/contract.md").split("### What")[0]) for cell in row).replace("\\|", "|")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_documented_with_its_flags(command: str) -> None:
    documented = commands_documented()
    assert f"./bonneporte {command}" in read("README.md")
    for words, parser in leaves(command):
        lines = [line for line in documented.splitlines() if f"`{words}" in line]
        assert lines, words
        for flag in flags(parser):
            assert any(flag in line for line in lines), f"{words} {flag}"


def leaves(command: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """("people add", its parser) for each command that can be run."""

    def below(words: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
        inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        if not inner:
            yield words, parser
        for action in inner:
            for name, child in action.choices.items():
                yield from below(f"{words} {name}".strip(), child)

    yield from below("", parser_for(command))


def flags(parser: argparse.ArgumentParser) -> list[str]:
    return [flag for action in parser._actions for flag in action.option_strings if flag.startswith("--") and flag != "--help"]


# HTTP


def routes(folder: Path) -> list[Route]:
    engine = make_engine(f"sqlite:///{folder / 'test.db'}")
    chat = [route for route in chat_page.routes if isinstance(route, Route)]
    found = [*api.routes, *session_api.routes, *handoff_api.routes, *desk_api.routes, *demand_api.routes(engine), *chat,
             *refer_page.routes, *login_page.routes, *directory_page.routes, *not_understood_page.routes,
             *demand_page.routes(engine), *demand_acts.routes(engine), *door_posters.routes(engine, Settings())]
    engine.dispose()
    return [route for route in found if route.endpoint is not chat_page.again]


def test_every_endpoint_is_in_the_contract(tmp_path: Path) -> None:
    documented = code(read("docs/contract.md"))
    calls = {f"{method} {route.path}".replace(":uuid}", "}") for route in routes(tmp_path) for method in (route.methods or ()) if method != "HEAD"}
    calls |= {"GET /healthz", "GET /readyz", "GET /metrics", "GET /desk", "GET /table", f"POST {WEBHOOK}"}
    missing = {call for call in calls if not any(one.split("?")[0] == call for one in documented)}
    assert not missing


def test_every_field_and_value_of_the_contract_is_named() -> None:
    page = read("docs/contract.md")
    message = ("seq", "from", "language", "kind", "text", "asks", "choices", "services", "helplines")
    card = ("id", "name", "organization", "needs", "phone", "address", "municipality", "distance_km", "open_now", "opens_at",
            "hours", "languages", "cost", "eligibility", "bring", "accessibility", "url", "map_url", "why", "cautions",
            "verified_on", "source")
    names = {*message, *card, *FIELDS, *understood("", {})}
    assert names <= code(page)
    values = {*KINDS, *SENDERS, *REASONS, *WAITS, *OUTCOMES, *all_needs(), *rules().situations}
    assert not {value for value in values if not re.search(rf"\b{value}\b", page)}


def test_every_choice_that_keeps_its_meaning_is_named() -> None:
    always = ("need:<id>", "place:<code>", "human", "more", "skip", "language:fr", "language:en", "handoff:send",
              "handoff:cancel", "erase")
    assert set(always) <= code(read("docs/contract.md"))


@pytest.mark.parametrize("command", TELEGRAM_COMMANDS)
def test_a_telegram_command_is_documented(command: str) -> None:
    for page in ("README.md", "docs/contract.md"):
        assert re.search(rf"/{command}\b", read(page))


# Architecture, demand, Rasa, libraries


def test_every_table_is_in_the_architecture() -> None:
    assert set(all_tables().tables) <= code(read("docs/architecture.md"))


def test_every_published_table_and_threshold_is_in_its_decision() -> None:
    plan, page = load_plan(), read("docs/decisions/0009-disclosure-control.md")
    published = {row[0].strip("`"): row[1] for row in rows(page)}
    assert {name: table.period for name, table in plan.tables.items()}.items() <= published.items()
    for figure in (plan.rule.threshold, plan.rule.sensitive_threshold, plan.rule.rounding_base):
        assert re.search(rf"\b{figure}\b", page)


def test_the_flags_of_rasa_train_are_those_that_the_application_uses() -> None:
    written = " ".join(read("README.md").replace("\\\n", " ").split())
    assert f"rasa train {' '.join(TRAIN_FLAGS)}" in written
    assert f"rasa data validate {' '.join(TRAIN_FLAGS)}" in written


def test_every_direct_dependency_has_its_line() -> None:
    groups = tomllib.loads(read("pyproject.toml"))["dependency-groups"]
    wanted = {re.split(r"[\s\[<>=;]", one)[0] for group in groups.values() for one in group if isinstance(one, str)}
    assert wanted <= {row[0] for row in rows(read("docs/decisions/0008-libraries.md"))}


def test_the_changelog_holds_this_version() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)$", read("CHANGELOG.md"), re.MULTILINE)


# Paths and links


def is_path(text: str) -> bool:
    return bool(re.fullmatch(rf"(?:{'|'.join(TOP)})/[\w./<>*-]*", text)) or text in ("config.yml", "pyproject.toml")


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_and_link_of_a_page_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    examples = " ".join(re.findall(r"```(.*?)```", text, flags=re.DOTALL)).split()
    missing = [path for path in (*code(text), *examples) if is_path(path) and not any(ROOT.glob(re.sub(r"<[^>]*>", "*", path).rstrip("/")))]
    outside_examples = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", outside_examples):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        if not linked.is_file() or (anchor and anchor not in anchors(linked)):
            missing.append(target)
    assert not missing


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_that_the_code_names_exists() -> None:
    sources = [path for folder in ("bot", "actions", "nlu", "stories") for path in (ROOT / folder).rglob("*")
               if path.suffix in (".py", ".yml") and not path.is_relative_to(ROOT / "bot" / "directory" / "embedded")]
    named = {(path.name, page) for path in [*sources, ROOT / "config.yml", ROOT / "pyproject.toml"]
             for page in re.findall(r"docs/[\w/-]+\.md|docs/decisions/\d{4}", path.read_text("utf-8"))}
    missing = {(name, page) for name, page in named if not any(ROOT.glob(page if page.endswith(".md") else f"{page}-*.md"))}
    assert not missing


def test_decisions_are_numbered_without_a_gap_and_say_their_status() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for page in DECISIONS:
        text = page.read_text("utf-8")
        assert text.startswith(f"# {page.name[:4]}. ") and "\nStatus: " in text


@pytest.mark.parametrize("page", [*DOCS, ROOT / "NOTICE", ROOT / "Makefile"], ids=lambda page: page.name)
def test_a_page_names_no_home_folder_and_no_package_index(page: Path) -> None:
    found = re.search(r"(?<![\w.])/(?:home|root|work|tmp)/|pypi\.|npmjs|files\.pythonhosted", page.read_text("utf-8"))
    assert found is None


def test_licence_is_apache_2_and_sources_of_data_are_named() -> None:
    licence = " ".join(read("LICENSE").split())
    assert licence.startswith("Apache License Version 2.0, January 2004") and "END OF TERMS AND CONDITIONS" in licence
    notice = " ".join(read("NOTICE").split())
    for source in ("Institut de la statistique du Québec", "Données Québec", "GeoNames", "Open Government Licence - Canada", "wordfreq"):
        assert source in notice
