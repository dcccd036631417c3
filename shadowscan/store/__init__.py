"""The only place that opens DuckDB: scratch work in memory, and the database with its ledger."""
