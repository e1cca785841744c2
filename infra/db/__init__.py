"""The one relational store: engine, unit of work, journal, migrations."""
