"""YAML that a person wrote: small, and without the aliases by which a few lines unfold into gigabytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.directory.imports.batch import ImportFault

__all__ = ["MAX_YAML_BYTES", "read_yaml"]

MAX_YAML_BYTES = 1_000_000


def read_yaml(path: Path) -> Any:
    """The document of `path`. Raises ImportFault when it is missing, too big, no YAML or uses aliases."""
    try:
        size = path.stat().st_size
        if size > MAX_YAML_BYTES:
            raise ImportFault(f"{path.name}: {size:,} bytes are more than the {MAX_YAML_BYTES:,} that such a file takes")
        text = path.read_text("utf-8-sig")
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise ImportFault(f"{path.name}, line {event.start_mark.line + 1}: aliases (*{event.anchor}) are not taken")
        return yaml.safe_load(text)
    except OSError as error:
        raise ImportFault(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ImportFault(f"{path.name}: is not UTF-8 text") from None
    except RecursionError:
        raise ImportFault(f"{path.name}: is nested too deeply") from None
    except yaml.YAMLError as error:
        raise ImportFault(f"{path.name}: {' '.join(str(error).split())}") from None
