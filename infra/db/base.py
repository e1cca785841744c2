"""Declarative base, column types and the mixin that puts a region on every business row."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, LargeBinary, MetaData, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[str, mapped_column(String(64), primary_key=True)]
Ref = Annotated[str, mapped_column(String(160))]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Name = Annotated[str, mapped_column(Text)]
Count = Annotated[int, mapped_column(BigInteger)]
Bytes = Annotated[bytes, mapped_column(LargeBinary)]
Facts = Annotated[dict[str, Any], mapped_column(JSONB)]


class Base(DeclarativeBase):
    """All tables share one metadata, so one migration history."""

    metadata = MetaData(naming_convention=NAMING)


class Regional:
    """A business row: belongs to a region by its GB/T 2260 code of six digits."""

    region: Mapped[str] = mapped_column(String(6), index=True)
