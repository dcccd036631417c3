"""The settings file: one model a section, read and checked in one place."""

from shadowscan.config.settings import DEFAULT_PATH, DirectorySettings, Settings, WatchSettings, load_settings

__all__ = ["DEFAULT_PATH", "DirectorySettings", "Settings", "WatchSettings", "load_settings"]
