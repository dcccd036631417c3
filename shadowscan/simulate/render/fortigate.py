"""FortiGate's forward traffic log: a session a line, bytes as IP packets, the server's name where it was resolved.

Source: FortiOS 7.4 Log Message Reference, message 13 (LOG_ID_TRAFFIC_END_FORWARD).
"""

import zlib
from collections.abc import Iterator

from shadowscan.simulate.company import Company
from shadowscan.simulate.network import Connection, connections
from shadowscan.simulate.render.seen import moment, tunnel


def traffic_log(company: Company) -> Iterator[str]:
    """Return the lines of the log."""
    found = sorted(connections(company, packets=True), key=lambda one: one.end)
    for number, one in enumerate(found, start=1):
        yield _line(number, one)


def _line(number: int, one: Connection) -> str:
    end, person = moment(one.end), one.use.person
    device = f"pc-{zlib.crc32(person.name.encode()):08x}"
    return (
        f'date={end:%Y-%m-%d} time={end:%H:%M:%S} devname="fw-sim-01" devid="FGT60FTK00000001" '
        f'eventtime={round(end.timestamp())}000000000 tz="+0000" logid="0000000013" type="traffic" subtype="forward" '
        f'level="notice" vd="root" srcip={person.address} srcname="{device}" srcport={20000 + number % 40000} '
        f'srcintf="lan" srcintfrole="lan" dstip={tunnel(one).server} dstport=443 dstname="{one.host}" dstintf="wan1" '
        f'dstintfrole="wan" sessionid={number} proto=6 action="close" policyid=12 policytype="policy" '
        f'user="{person.name}" service="HTTPS" trandisp="snat" duration={one.end - one.start:.0f} sentbyte={one.sent} '
        f'rcvdbyte={one.received} sentpkt={one.packets} rcvdpkt={one.packets} appcat="unscanned"'
    )
