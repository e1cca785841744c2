"""House style: small files, small functions, a sentence on top."""

import ast

from places import ROOT, functions, sources, told

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LONGEST_TEMPLATE = 100


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    lengths = {told(path): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{told(path)}:{one.name}"
        for path, tree in sources().items()
        for one in functions(tree)
        if (one.end_lineno or 0) - one.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_template_is_longer_than_a_hundred_lines() -> None:
    templates = sorted((ROOT / "web" / "templates").rglob("*.html"))
    assert templates
    assert [told(path) for path in templates if len(path.read_text("utf-8").splitlines()) > LONGEST_TEMPLATE] == []


def test_every_module_opens_with_a_sentence() -> None:
    assert [told(path) for path, tree in sources().items() if not ast.get_docstring(tree)] == []


def test_every_public_function_says_what_it_promises() -> None:
    silent = [
        f"{told(path)}:{one.name}"
        for path, tree in sources().items()
        for one in _public_functions(tree)
        if not ast.get_docstring(one)
    ]
    assert silent == []


def _public_functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Module-level functions, and methods of public classes that promise anew what no base class has promised."""
    found: list[ast.stmt] = list(tree.body)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not node.bases:
            found += node.body
    return [
        one for one in found if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not one.name.startswith("_")
    ]
