"""Embedded PostgreSQL and S3: launchers for stores that come as wheels."""
