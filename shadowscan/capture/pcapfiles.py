"""The pcap files of a live capture: each appears when it is whole, so that whoever reads it reads all of it."""

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from struct import pack

from shadowscan.capture.records import Records
from shadowscan.capture.ring import pcap_records
from shadowscan.errors import SourceError
from shadowscan.files import sync_folder

_SNAPLEN = 262_144
_PREFIX, _SUFFIX = "capture-", ".pcap"


class PcapFiles:
    """Writes file after file; a file is hidden until it is full, then synced and renamed.

    Files that a killed process left hidden are brought to light. With ``keep``, the oldest ones make room.
    """

    def __init__(self, folder: Path, link: int, *, file_bytes: int, keep: int | None = None) -> None:
        self._folder, self._link, self._file_bytes, self._keep = folder, link, file_bytes, keep
        self._file: int | None = None
        self._path = folder
        self._size = 0
        folder.mkdir(parents=True, exist_ok=True)
        for left in sorted(folder.glob(f".{_PREFIX}*{_SUFFIX}")):
            _show_if_left(left)

    def write(self, records: Records) -> None:
        """Add packets; raises SourceError where the disk refuses."""
        content = pcap_records(records)
        try:
            if self._file is not None and self._size + len(content) > self._file_bytes:
                self.close()
            if self._file is None:
                self._begin()
            self._append(content)
        except OSError as error:
            raise SourceError("can't keep packets", reason=error.strerror or "", where=str(self._folder)) from error

    def close(self) -> None:
        """Finish the file that is being written."""
        if self._file is None:
            return
        os.fsync(self._file)
        self._path.rename(self._path.with_name(self._path.name[1:]))
        os.close(self._file)
        self._file = None
        sync_folder(self._folder)
        if self._keep is not None:
            for old in sorted(self._folder.glob(f"{_PREFIX}*{_SUFFIX}"))[: -self._keep]:
                old.unlink(missing_ok=True)

    def _begin(self) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        self._path = self._folder / f".{_PREFIX}{stamp}Z{_SUFFIX}"
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o640)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._size = 0
        self._append(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, _SNAPLEN, self._link))

    def _append(self, content: bytes) -> None:
        if self._file is None:
            return
        written = 0
        while written < len(content):
            written += os.write(self._file, content[written:])
        self._size += len(content)


def _show_if_left(path: Path) -> None:
    """Rename a hidden file that no process writes any more."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        path.rename(path.with_name(path.name[1:]))
