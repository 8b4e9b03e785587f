#!/bin/sh
# Makes the lock files again from pyproject.toml (needs uv on PATH or in .envs). Hashes yes, registry addresses no.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .envs/uv/bin/uv)
"$uv" pip compile -q --group pyproject.toml:app --python-version 3.13 --generate-hashes --no-header -o requirements/app.txt
"$uv" pip compile -q --group pyproject.toml:test -c requirements/app.txt --python-version 3.13 --generate-hashes --no-header -o requirements/test.txt
"$uv" pip compile -q --group pyproject.toml:nlu --python-version 3.10 --generate-hashes --no-header -o requirements/nlu.txt
