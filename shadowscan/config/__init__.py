"""The settings file: one model a section, read and checked in one place."""

from shadowscan.config.settings import Settings, load_settings
from shadowscan.config.watch import DirectorySettings, RetentionSettings, WatchSettings

__all__ = ["DirectorySettings", "RetentionSettings", "Settings", "WatchSettings", "load_settings"]
