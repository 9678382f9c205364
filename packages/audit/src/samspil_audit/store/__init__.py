"""Where a log lies: SQLite or PostgreSQL, behind the same few calls, with the same proofs from both."""

from .rows import Head, NewKey, Row
from .sql import Database, KnownAlready, SqlStore, Transaction
from .urls import open_store

__all__ = ["Database", "Head", "KnownAlready", "NewKey", "Row", "SqlStore", "Transaction", "open_store"]
