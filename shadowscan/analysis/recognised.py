"""Tools that were in use before the catalogue knew them."""

from shadowscan.analysis.queries import Bounds, ask
from shadowscan.catalog import Catalog
from shadowscan.model.report import RecognisedRow
from shadowscan.store.database import Session


def recognised_of(session: Session, catalog: Catalog, bounds: Bounds) -> tuple[RecognisedRow, ...]:
    """Return the tools that a newer catalogue recognised in traffic read before, the newest first."""
    return tuple(
        RecognisedRow(name=catalog.service(row["service"]).name, **row) for row in ask(session, "recognised", bounds)
    )
