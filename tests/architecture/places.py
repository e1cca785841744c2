"""Where the source stands, for the tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("infra", "expertpool", "marketplace", "trading", "web")


def modules() -> list[Path]:
    """Every module of the product; migrations are generated and left out."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in paths if "migrations" not in path.parts]


@cache
def sources() -> dict[Path, ast.Module]:
    """Every module of the product with its syntax tree."""
    return {path: ast.parse(path.read_text("utf-8")) for path in modules()}


def told(path: Path) -> str:
    """A path as it is told in a failure."""
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
