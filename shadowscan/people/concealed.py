"""A directory under pseudonyms: joins what a database under the same pseudonyms holds."""

from dataclasses import replace

from shadowscan.people.directory import Directory
from shadowscan.people.model import Lease, PersonEntry
from shadowscan.people.pseudonyms import Tokens


def conceal(directory: Directory, tokens: Tokens) -> Directory:
    """Return the directory with every name (and address, if these are hidden) replaced."""
    people = directory.people
    return replace(
        directory,
        people=None if people is None else tuple(_person(one, tokens) for one in people),
        leases=tuple(_lease(one, tokens) for one in directory.leases),
    )


def candidates(directory: Directory, tokens: Tokens) -> dict[str, str]:
    """Return pseudonym -> name, for every name that the files hold."""
    names = [name for one in directory.people or () for name in (one.user, *one.aliases)]
    names += [name for lease in directory.leases for name in (lease.user, lease.device) if name]
    known = {token: name for name in names for token in (tokens.user(name.partition("@")[0]), tokens.user(name))}
    known |= {tokens.device(name): name for name in names}
    return known | {tokens.device(lease.address): lease.address for lease in directory.leases}


def _person(person: PersonEntry, tokens: Tokens) -> PersonEntry:
    # An alias is another spelling or a device: it stands for both.
    aliases = [made(name) for name in person.aliases for made in (tokens.user, tokens.device)]
    return person.model_copy(update={"user": tokens.user(person.user), "aliases": tuple(aliases)})


def _lease(lease: Lease, tokens: Tokens) -> Lease:
    return replace(
        lease,
        address=tokens.device(lease.address),
        user=tokens.user(lease.user) if lease.user else None,
        device=tokens.device(lease.device) if lease.device else None,
    )
