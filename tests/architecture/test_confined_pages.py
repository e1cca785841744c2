"""Pages of those who act for a region read as they do: the database hides other regions from them, whatever a query forgets."""

import ast

from places import ROOT, sources, told

from infra.db.regions import CONFINED


def lets_in_a_region(tree: ast.AST) -> bool:
    """Whether a handler of the module is declared for a role that is confined to a region."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "audience":
                    named = {one.value for one in ast.walk(value) if isinstance(one, ast.Constant)}
                    if named & set(CONFINED):
                        return True
    return False


def unconfined(tree: ast.AST) -> list[int]:
    """The lines that read without saying who reads."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "reading"
        and not node.args
    ]


def test_a_module_with_pages_for_a_region_reads_in_that_region_only() -> None:
    pages = {path: tree for path, tree in sources().items() if path.is_relative_to(ROOT / "web")}
    confined = {path: tree for path, tree in pages.items() if lets_in_a_region(tree)}
    assert {path.parent.name for path in confined} >= {"centre", "desk", "judge", "hall"}
    assert [f"{told(path)}:{line}" for path, tree in confined.items() for line in unconfined(tree)] == []
