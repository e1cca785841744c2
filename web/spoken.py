"""A Jinja environment of one language: texts and addresses that are the same for all are put in as a template is compiled."""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

Settled = dict[str, Callable[[str], str]]


class SpokenEnvironment(Environment):
    """An environment whose `settled` functions of one literal string, such as `_("Home")`, are called at compile time.

    What they give stands in the page as it is, so it must be safe HTML; what is not literal is called as ever.
    """

    settled: Settled

    def _generate(self, source: nodes.Template, *more: Any, **options: Any) -> str:
        return super()._generate(_Settling(self.settled).visit(source), *more, **options)


class _Settling(NodeTransformer):
    def __init__(self, settled: Settled) -> None:
        self._settled = settled

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        known = self._settled.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        alone = len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if known is None or not alone or not isinstance(node.args[0], nodes.Const):
            return node
        return nodes.MarkSafe(nodes.Const(known(node.args[0].value)), lineno=node.lineno)
