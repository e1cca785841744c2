"""Pure building blocks: problems, context, workflow, money, canonical JSON, calendar."""
