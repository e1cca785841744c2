"""Pages of the procuring entity and its agent: projects, documents, notices, award."""
