"""A catalogue that has grown: hosts and events get its labels, and past use comes to light from the rollup."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from shadowscan.catalog import Catalog
from shadowscan.ingest.label import Labeller
from shadowscan.store import labels
from shadowscan.store.database import Database, Session


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
        with database.write() as session:
            relabel(session, Labeller(catalog))
            yield session


def relabel(session: Session, labeller: Labeller) -> bool:
    """Make all labels those of the labeller's catalogue, in one transaction; False if they are already.

    Judged anew are the distinct hosts, and the distinct requests on those of which the catalogue says something else
    than before. Where what it says of requests to any host has changed (clients, shapes, ports) all requests are.
    """
    version = labeller.catalog.version
    if labels.catalog_of(session) == version:
        return False
    with session.transaction():
        everything = labels.common_of(session) != labeller.common
        labels.replace_host_labels(session, labeller.host_labels(labels.hosts_seen(session)), version)
        judged = _judged(labels.requests_to_judge(session, everything=everything), labeller)
        labels.replace_event_labels(session, judged, version)
        labels.roll_up_changed(session, everything=everything)
        labels.note_catalog(session, version=version, common=labeller.common)
    return True


def _judged(requests: pa.Table, labeller: Labeller) -> pa.Table:
    matches = [labeller.judge(request) for request in zip(*(column.to_pylist() for column in requests), strict=True)]
    for name in labels.VERDICT:
        requests = requests.append_column(name, pa.array([getattr(one, name) for one in matches], pa.string()))
    return requests
