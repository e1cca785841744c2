"""Numbered migrations, forward only, each compatible with the version still running; `HEAD` holds the last one's name."""
