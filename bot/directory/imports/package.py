"""A directory in several files: a folder, its datapackage.json, or a zip, opened without trusting it.

A zip is unpacked to a folder of its own, only files that a directory has, within limits on what they really unfold to.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from bot.directory.imports.batch import ImportFault

__all__ = ["MAX_ENTRIES", "MAX_UNPACKED", "open_package"]

MAX_ENTRIES = 500
MAX_PACKED = 100_000_000
# All tables together, unpacked: a directory of 100,000 services has about 130 MB of them. They are held in memory until
# they are linked, at about nine times their size.
MAX_UNPACKED = 150_000_000
# A directory's CSV packs to a fifth or a tenth; zeros pack to a thousandth.
MAX_RATIO = 200
SMALL = 1_000_000
BLOCK = 1 << 16
_KINDS = (".csv", ".json", ".txt")


@contextmanager
def open_package(path: Path) -> Iterator[dict[str, Path]]:
    """The package's files by lower-case name, while the context lasts. Raises ImportFault."""
    if path.is_dir() or path.name.lower() == "datapackage.json":
        files = _named(path if path.is_dir() else path.parent)
        total = sum(file.stat().st_size for name, file in files.items() if name.endswith(".csv"))
        if total > MAX_UNPACKED:
            raise ImportFault(f"{path.name}: tables of {total:,} bytes are more than the {MAX_UNPACKED:,} that an import takes")
        yield files
    elif path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory(prefix="bonneporte-import-") as folder:
            _unpack(path, Path(folder))
            yield _named(Path(folder))
    else:
        raise ImportFault(f"{path.name}: is not a folder, a datapackage.json or a zip")


def _named(folder: Path) -> dict[str, Path]:
    return {each.name.lower(): each for each in sorted(folder.iterdir()) if each.is_file()}


def _unpack(path: Path, folder: Path) -> None:
    try:
        size = path.stat().st_size
        if size > MAX_PACKED:
            raise ImportFault(f"{path.name}: {size:,} bytes are more than the {MAX_PACKED:,} that an import takes")
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise ImportFault(f"{path.name}: holds {len(entries):,} files, more than the {MAX_ENTRIES} that an import takes")
            left = MAX_UNPACKED
            for entry in entries:
                name = _safe_name(path, entry)
                if name is None:
                    continue
                if (folder / name).exists():
                    raise ImportFault(f"{path.name}: holds {name} twice")
                left = _copy(path, archive, entry, folder / name, left)
    except OSError as error:
        raise ImportFault(f"{path}: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, ImportFault):
            raise
        raise ImportFault(f"{path.name}: the archive is damaged or not a plain zip ({error})") from None


def _safe_name(path: Path, entry: zipfile.ZipInfo) -> str | None:
    """The entry's own file name, null for what is no file of a directory. Raises ImportFault for one that would land
    elsewhere: such an archive was not made by an export."""
    name = entry.filename.replace("\\", "/")
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts or (inside.parts and ":" in inside.parts[0]):
        raise ImportFault(f"{path.name}: {entry.filename!r} would be written outside its folder")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ImportFault(f"{path.name}: {entry.filename!r} is a link")
    if entry.flag_bits & 1:
        raise ImportFault(f"{path.name}: {entry.filename!r} is encrypted")
    if entry.is_dir() or inside.suffix.lower() not in _KINDS or "__MACOSX" in inside.parts or inside.name.startswith("."):
        return None
    return inside.name.lower()


def _copy(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Unpack one entry; what is left of the limit. Counts the bytes that come out, whatever the entry announces."""
    total = 0
    with archive.open(entry) as packed, target.open("wb") as out:
        while block := packed.read(BLOCK):
            total += len(block)
            if total > left or (total > SMALL and total > MAX_RATIO * max(entry.compress_size, 1)):
                raise ImportFault(f"{path.name}: {entry.filename!r} unfolds to far more than a directory takes")
            out.write(block)
    return left - total
