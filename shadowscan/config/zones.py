"""A time zone as a setting."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

from shadowscan.yamlfile import nearest


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"not an IANA time zone; {nearest(name, ('UTC', *sorted(available_timezones())))}")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
