"""Hints from the operating system that something changed: they make the watcher quick, never right or wrong."""

import os
import threading
from collections.abc import Iterable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

MOST = 10_000
"""Paths remembered between two looks; beyond that everything is looked at."""
_QUIET = frozenset({"opened", "closed_no_write"})


class Hints(FileSystemEventHandler):
    """Collects the names of changed files until somebody takes them.

    Events get lost (queues overflow, network mounts send none), so a periodic look at everything goes on beside them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paths: set[str] = set()
        self._everything = False
        self._changed = threading.Event()
        self._observer = Observer()
        self._started = False

    def watch(self, folders: Iterable[Path]) -> None:
        """Ask for events below the folders instead of those before; one that can't be watched is looked at only."""
        if not self._started:
            # Before anything is scheduled: then a folder that can't be watched fails by itself.
            self._observer.start()
            self._started = True
        self._observer.unschedule_all()
        for folder in folders:
            try:
                self._observer.schedule(self, str(folder), recursive=True)
            except OSError:
                continue

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Take note of what one event names."""
        if event.event_type in _QUIET:
            return
        with self._lock:
            self._everything |= event.is_directory or len(self._paths) > MOST
            self._paths.update(os.fsdecode(path) for path in (event.src_path, event.dest_path) if path)
        self._changed.set()

    def take(self) -> tuple[set[str], bool]:
        """Return the paths that changed, and whether everything should be looked at; forget both."""
        with self._lock:
            taken, self._paths = (self._paths, self._everything), set()
            self._everything = False
            self._changed.clear()
        return taken

    def wait(self, seconds: float) -> None:
        """Wait for a hint, at most so long."""
        self._changed.wait(seconds)

    def stop(self) -> None:
        """Ask for no more events."""
        if self._started:
            self._observer.stop()
            self._observer.join()
