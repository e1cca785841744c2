"""The verifiable draw of experts, draw/v1."""
