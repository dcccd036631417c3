"""The settings file: one model a section, read and checked in one place."""

from shadowscan.config.settings import DEFAULT_PATH, Settings, load_settings
from shadowscan.config.watch import DirectorySettings, RetentionSettings, WatchSettings

__all__ = ["DEFAULT_PATH", "DirectorySettings", "RetentionSettings", "Settings", "WatchSettings", "load_settings"]
