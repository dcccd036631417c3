"""The daily rollup of all traffic: hosts and origins by number, so that a row takes a few bytes and groups fast."""

import numpy as np
import pyarrow as pa

from shadowscan.store.database import Session


def add_usage(session: Session, events: pa.Table, hosts: pa.Table) -> None:
    """Add events to the rollup: the columns of ``Batch.events`` with ``ledger_id``.

    ``hosts`` are those labelled since the last commit.
    """
    _add_hosts(session, hosts)
    if not len(events):
        return
    host_codes, host_names = _coded(events["host"])
    origin_codes, users, devices = _origins(events)
    rows = pa.table(
        {
            "ledger_id": events["ledger_id"],
            "day": events["ts"].cast(pa.date32(), safe=False),
            "kind": events["kind"],
            "host_id": _host_ids(session, host_names).take(host_codes),
            "origin_id": _origin_ids(session, users, devices).take(origin_codes),
            "action": events["action"],
            "bytes_out": events["bytes_out"],
            "bytes_in": events["bytes_in"],
        }
    )
    session.execute(
        """INSERT INTO usage
        SELECT ledger_id, day, kind, host_id, origin_id, action, count(*), sum(bytes_out)::BIGINT,
               sum(bytes_in)::BIGINT
        FROM batch GROUP BY ALL""",
        batch=rows,
    )


def _add_hosts(session: Session, labelled: pa.Table) -> None:
    session.execute(
        """INSERT INTO hosts BY NAME
        SELECT *, (SELECT coalesce(max(host_id), 0) FROM hosts) + row_number() OVER () AS host_id
        FROM labelled ANTI JOIN hosts USING (host)""",
        labelled=labelled,
    )


def _host_ids(session: Session, names: pa.Array) -> pa.Array:
    """Return the number of each host; ValueError if one has never been labelled."""
    found = session.table(
        "SELECT host_id FROM names LEFT JOIN hosts ON host = name ORDER BY position", names=_numbered(name=names)
    )["host_id"].combine_chunks()
    if found.null_count > names.null_count:
        raise ValueError("traffic of a host without a label")
    return found


def _origin_ids(session: Session, users: pa.Array, devices: pa.Array) -> pa.Array:
    """Return the number of each pair of user and device; those not met before get one."""
    met = _numbered(user=users, device=devices)
    same = 'met."user" IS NOT DISTINCT FROM origins."user" AND met.device IS NOT DISTINCT FROM origins.device'
    session.execute(
        f"""INSERT INTO origins
        SELECT (SELECT coalesce(max(origin_id), 0) FROM origins) + row_number() OVER (), "user", device
        FROM met ANTI JOIN origins ON {same}""",
        met=met,
    )
    ids = session.table(f"SELECT origin_id FROM met JOIN origins ON {same} ORDER BY position", met=met)
    return ids["origin_id"].combine_chunks()


def _numbered(**columns: pa.Array) -> pa.Table:
    return pa.table({"position": np.arange(len(next(iter(columns.values())))), **columns})


def _coded(column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Return each row's index among the distinct values (NULL is one), and those."""
    if pa.types.is_dictionary(column.type):
        known = column.combine_chunks()
        values = pa.concat_arrays([known.dictionary, pa.nulls(1, known.dictionary.type)])
        return known.indices.fill_null(len(known.dictionary)), values
    coded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return coded.indices, coded.dictionary


def _origins(events: pa.Table) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return each row's index among the distinct pairs of user and device, and those."""
    user_codes, users = _coded(events["user"])
    device_codes, devices = _coded(events["device"])
    pairs = user_codes.to_numpy().astype(np.int64) * len(devices) + device_codes.to_numpy()
    coded = pa.array(pairs).dictionary_encode()
    user, device = np.divmod(coded.dictionary.to_numpy(), len(devices))
    return coded.indices, users.take(pa.array(user)), devices.take(pa.array(device))
