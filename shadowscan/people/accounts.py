"""Which user names are accounts of programs, by the ways in which administrators name them."""

import re

_SERVICE = re.compile(
    r"(?:svc|srv|sa|service|srvc|app|bot|daemon|batch|job|cron|gmsa|msa|robot)[-_.$].+"
    r"|.+[-_.](?:svc|srv|sa|service|srvc|bot|daemon|batch|job|cron|robot)"
    r"|.+\$"
    r"|(?:root|system|localsystem|local service|network service|daemon|nobody|jenkins|gitlab-runner|www-data)",
    re.IGNORECASE,
)
"""``svc-backup``, ``backup.svc``, Windows' machine and managed accounts (``HOST$``), and the systems' own."""


def is_service_account(name: str) -> bool:
    """Tell whether a user name is one that programs log in with, by its form."""
    return _SERVICE.fullmatch(name.partition("@")[0]) is not None
