"""The names that a policy may use: those of the catalogue, the people and networks files, the priors."""

from shadowscan.catalog import Catalog, Category
from shadowscan.catalog.model import Activity
from shadowscan.exposure import Priors, default_priors
from shadowscan.people import Directory
from shadowscan.policy import Known


def known_names(catalog: Catalog, directory: Directory, priors: Priors | None = None) -> Known:
    """Return the names; None where no file says what names there are."""
    return Known(
        services=frozenset(catalog.services) | frozenset(catalog.aliases),
        categories=frozenset(Category),
        activities=frozenset(Activity),
        data_classes=frozenset((priors or default_priors()).classes),
        people=directory.users,
        departments=directory.departments,
        roles=directory.roles,
        sites=directory.sites,
    )
