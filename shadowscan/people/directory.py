"""What the files say together; without any, nothing is known and nothing is made up."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path

from shadowscan.people.load import load_leases, load_networks, load_people
from shadowscan.people.model import Lease, NetworkEntry, PersonEntry
from shadowscan.people.pseudonyms import Tokens, load_tokens


@dataclass(frozen=True)
class Directory:
    """People, networks and leases."""

    people: tuple[PersonEntry, ...] | None = None
    """None: no people file."""
    networks: tuple[NetworkEntry, ...] | None = None
    leases: tuple[Lease, ...] = ()
    tokens: Tokens | None = None
    """Makes the pseudonyms of a database that holds these in place of names."""

    @property
    def departments(self) -> frozenset[str] | None:
        """Departments that have people; None without a people file."""
        return None if self.people is None else frozenset(one.department for one in self.people if one.department)

    @property
    def roles(self) -> frozenset[str] | None:
        """Roles that people have; None without a people file."""
        return None if self.people is None else frozenset(one.role for one in self.people if one.role)

    @property
    def users(self) -> frozenset[str] | None:
        """Names of the people; None without a people file."""
        return None if self.people is None else frozenset(one.user for one in self.people)

    @property
    def sites(self) -> frozenset[str] | None:
        """Sites of the networks; None without a networks file."""
        return None if self.networks is None else frozenset(one.site for one in self.networks if one.site)

    def members(self) -> Counter[str | None]:
        """How many people each department has."""
        return Counter(one.department for one in self.people or ())

    def names(self) -> dict[str, str]:
        """Every name in lower case -> the person's; of mail addresses also what stands before the @, if one has it."""
        names = {name: one.user.lower() for name, one in self._by_name.items()}
        local: dict[str, set[str]] = defaultdict(set)
        for name, user in names.items():
            local[name.partition("@")[0]].add(user)
        return {name: users.pop() for name, users in local.items() if len(users) == 1} | names

    def person(self, name: str) -> PersonEntry | None:
        """The person known by a name."""
        return self._by_name.get(name.casefold())

    def network(self, address: str) -> NetworkEntry | None:
        """The narrowest range that holds an address; None for a name, or an address of no range."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return None
        for (version, length), found in self._by_length:
            if version == parsed.version and (entry := found.get(int(parsed) >> (parsed.max_prefixlen - length))):
                return entry
        return None

    @cached_property
    def _by_name(self) -> dict[str, PersonEntry]:
        return {name.casefold(): one for one in self.people or () for name in (one.user, *one.aliases)}

    @cached_property
    def _by_length(self) -> list[tuple[tuple[int, int], dict[int, NetworkEntry]]]:
        """(version, prefix length), the longest first -> the ranges' leading bits."""
        found: dict[tuple[int, int], dict[int, NetworkEntry]] = defaultdict(dict)
        for entry in self.networks or ():
            shift = entry.range.max_prefixlen - entry.range.prefixlen
            found[entry.range.version, entry.range.prefixlen][int(entry.range.network_address) >> shift] = entry
        return sorted(found.items(), key=lambda item: -item[0][1])


def load_directory(
    people: Path | None,
    networks: Path | None,
    leases: Sequence[Path],
    timezone: str = "UTC",
    *,
    key_file: Path | None = None,
) -> Directory:
    """Read the files that are given; UsageError names the line that is wrong."""
    return Directory(
        load_people(people) if people else None,
        load_networks(networks).networks if networks else None,
        tuple(lease for path in leases for lease in load_leases(path, timezone)),
        load_tokens(key_file) if key_file else None,
    )
