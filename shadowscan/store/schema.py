"""Schema of the database: numbered SQL files, each applied in the transaction that records it."""

from importlib import resources

import duckdb

from shadowscan.errors import DatabaseError
from shadowscan.model.events import EVENT_COLUMNS

LABEL_COLUMNS: tuple[tuple[str, str], ...] = (
    ("ledger_id", "INTEGER"),
    ("line", "BIGINT"),
    ("byte_offset", "BIGINT"),
    ("format", "VARCHAR"),
    ("verdict", "VARCHAR"),
    ("service", "VARCHAR"),
    ("activity", "VARCHAR"),
    ("signature", "VARCHAR"),
    ("why", "VARCHAR"),
    ("client_kind", "VARCHAR"),
    ("client_why", "VARCHAR"),
    ("catalog", "VARCHAR"),
)
"""What ``events`` holds beside the event columns: where the event came from and what the catalogue said of it."""

ROLLUP = 2
"""The migration that made ``ai_usage``: filled from the events there are, entry by entry to save memory."""


def events_table() -> str:
    """Return the DDL of ``events``: the event columns are stated once, in the model."""
    columns = [(column.name, str(column.sql_type)) for column in EVENT_COLUMNS]
    body = ", ".join(f'"{name}" {kind}' for name, kind in (*LABEL_COLUMNS, *columns))
    return f"CREATE TABLE events ({body})"


def rollup_sql(table: str = "ai_usage", told: str = "told") -> str:
    """Return the statement that adds events (a relation with the columns of ``events``) to the rollup."""
    text = resources.files(__package__).joinpath("rollup.sql").read_text(encoding="utf-8")
    return f"INSERT INTO {table} BY NAME {text.replace('FROM told', f'FROM {told}')}"


def migrations() -> list[tuple[int, str]]:
    """Return (number, SQL) of every migration, ascending."""
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [(int(file.name.split("_")[0]), file.read_text(encoding="utf-8")) for file in files]


def newest() -> int:
    """Return the number of the schema this program writes."""
    return migrations()[-1][0]


def check(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    """Say what keeps a database from being read: not ours, of a newer program, or older than this one."""
    current = known_version(connection, where)
    if current < newest():
        raise DatabaseError(
            f"the database has schema {current}, older than this program's",
            where=where,
            hint="the next scan brings it up to date",
        )


def upgrade(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    """Bring a new or older database to the current schema; DatabaseError if it is newer than this program."""
    current = known_version(connection, where)
    for number, sql in migrations()[current:]:
        connection.execute("BEGIN")
        connection.execute(sql)
        if number == 1:
            connection.execute(events_table())
            connection.execute("CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL)")
            connection.execute("INSERT INTO meta VALUES ('schema', '0'), ('hash_probe', hash('shadowscan')::VARCHAR)")
        if number == ROLLUP:
            _roll_up_all(connection)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [str(number)])
        connection.execute("COMMIT")


def _roll_up_all(connection: duckdb.DuckDBPyConnection) -> None:
    for (entry,) in connection.execute("SELECT ledger_id FROM ledger").fetchall():
        told = f"(SELECT * FROM events WHERE ledger_id = {entry})"
        connection.execute(rollup_sql(told=told))


def known_version(connection: duckdb.DuckDBPyConnection, where: str) -> int:
    """Return the schema's number; DatabaseError if this program does not know it."""
    current = _version(connection, where)
    if current > newest():
        raise DatabaseError(
            f"the database has schema {current}, this program knows up to {newest()}",
            where=where,
            hint="use the newer shadowscan that wrote it, or another --db",
        )
    return current


def _version(connection: duckdb.DuckDBPyConnection, where: str) -> int:
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "meta" not in tables:
        if tables:
            raise DatabaseError(
                "this DuckDB file is not a shadowscan database", where=where, hint="name another file with --db"
            )
        return 0
    rows = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchall()
    return int(rows[0][0]) if rows else 0
