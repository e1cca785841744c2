"""The wheel's dependencies are the lines of requirements.in: one list, kept in one place."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RequirementsHook(MetadataHookInterface):
    """Fill `dependencies` from requirements.in."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Read requirements.in beside pyproject.toml; comments and blank lines are left out."""
        lines = (Path(self.root) / "requirements.in").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
