# Thin names for the project's own commands; everything real is in ./bonneporte.
.PHONY: up test lint train bench

up:
	./bonneporte up

test:
	./bonneporte test

# After a first `make test`, which installs what it needs.
lint:
	.envs/app/bin/ruff check .
	.envs/app/bin/lint-imports
	.envs/app/bin/mypy

train:
	./bonneporte train

bench:
	./bonneporte bench
