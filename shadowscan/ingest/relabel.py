"""A catalogue that has grown: hosts and events get its labels, and past use comes to light from the rollup."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from shadowscan.catalog import Catalog
from shadowscan.store import labels
from shadowscan.store.database import Database, Session

if TYPE_CHECKING:
    from shadowscan.ingest.label import Labeller


@contextmanager
def labelled(database: Database, catalog: Catalog) -> Iterator[Session]:
    """Open a database for reading, with all labels of this catalogue: relabelled first where they are another's.

    DatabaseError if there is no such database, or one that would have to be relabelled and can't be written.
    """
    with database.read() as session:
        current = labels.catalog_of(session) == catalog.version
        if current:
            yield session
    if not current:
        # Brings all that reads formats with it: a tenth of a second that a report needs only now.
        from shadowscan.ingest.label import Labeller

        with database.write() as session:
            relabel(session, Labeller(catalog))
            yield session


def relabel(session: Session, labeller: "Labeller") -> bool:
    """Make all labels those of the labeller's catalogue, in one transaction; False if they are already.

    Judged anew are the distinct hosts, and the distinct requests on those of which the catalogue says something else
    than before. Where what it says of requests to any host has changed (clients, shapes, ports) all requests are. Only
    events of which something else is said now are written and rolled up anew.
    """
    version = labeller.catalog.version
    if labels.catalog_of(session) == version:
        return False
    with session.transaction():
        everything = labels.common_of(session) != labeller.common
        labels.replace_host_labels(session, labeller.host_labels(labels.hosts_seen(session)), version)
        judged = _moved(labels.requests_to_judge(session, everything=everything), labeller)
        labels.replace_event_labels(session, judged, version)
        labels.roll_up_moved(session)
        labels.note_catalog(session, version=version, common=labeller.common)
    return True


def _moved(requests: pa.Table, labeller: "Labeller") -> pa.Table:
    """Judge requests again; return those of which something else is said now, with their new judgement."""
    asked, said = requests.select(labels.REQUEST), requests.select(labels.VERDICT)
    matches = [labeller.judge(request) for request in zip(*(column.to_pylist() for column in asked), strict=True)]
    judged = [tuple(getattr(one, name) for name in labels.VERDICT) for one in matches]
    before = zip(*(column.to_pylist() for column in said), strict=True)
    differ = [number for number, (old, new) in enumerate(zip(before, judged, strict=True)) if old != new]
    moved = asked.take(pa.array(differ, pa.int64()))
    for place, name in enumerate(labels.VERDICT):
        moved = moved.append_column(name, pa.array([judged[number][place] for number in differ], pa.string()))
    return moved
