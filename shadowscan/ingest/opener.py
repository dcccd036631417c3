"""Records are taken out of what a collector wrapped them in, before any format sees them."""

from collections.abc import Sequence

import pyarrow as pa

from shadowscan.formats.envelope import Envelope, envelopes
from shadowscan.formats.library import FormatLibrary
from shadowscan.ingest.together import Ask, Steps
from shadowscan.store.scratch import Scratch


class Opener:
    """Opens the envelopes of one input, which its first lines show."""

    def __init__(self, scratch: Scratch, library: FormatLibrary, head: Sequence[str]) -> None:
        self._scratch = scratch
        self.envelopes: tuple[Envelope, ...] = envelopes(library, head, self._taken_out)
        """From without to within; none where the lines are the records."""
        for envelope in self.envelopes:
            head = self._taken_out(envelope, head)
        self.head = head
        """The records of the first lines."""

    @property
    def title(self) -> str:
        """The line that names the columns of a CSV export; "" where there is none."""
        return self.envelopes[0].title if self.envelopes else ""

    def opened(self, lines: pa.Table) -> Steps[pa.Table]:
        """Replace ``_line`` by the record within; the order stays."""
        for envelope in self.envelopes:
            lines = yield self._opening(envelope, lines)
        return lines

    def _taken_out(self, envelope: Envelope, lines: Sequence[str]) -> list[str]:
        table = pa.table({"_n": pa.array(range(len(lines))), "_line": pa.array(lines, pa.string())})
        ask = self._opening(envelope, table)
        return [str(line) for line in ask.run(table)["_line"].to_pylist()]

    def _opening(self, envelope: Envelope, lines: pa.Table) -> Ask:
        scratch, query = self._scratch, "SELECT * REPLACE ({} AS _line) FROM {}"

        def run(lines: pa.Table) -> pa.Table:
            return scratch.query(lines, lambda relation: query.format(envelope.sql, relation)).sort_by("_n")

        return Ask((id(scratch), envelope.sql), lines, run)
