"""What a value looks like: address, host name, URL, count, verdict ... judged on the text alone."""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence


def words(text: str) -> tuple[str, ...]:
    """The words of a text, between blanks: how this package writes its vocabularies."""
    return tuple(text.split())


NULLS = frozenset(
    (
        "",
        "not found",
        "not available",
        "no authentication required",
        *words("- -- n/a na none null nil unknown (empty) (null) undefined not-available unavailable <na> na/na"),
    )
)
_IPV4 = re.compile(r"/?(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?=$|[:/#,%(\]])")
_IPV6 = re.compile(r"\[?([0-9A-Fa-f:]{2,39}(?:[\d.]{7,15})?)(?:%\w+)?(?:\](?::\d+)?|/\d+|#\d+|,.*)?$")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$")
_HOST = re.compile(r"(?=[^:]{4,253}(?::\d+)?$)(?:[\w*-]{1,63}\.)+([A-Za-z][A-Za-z0-9-]{1,62})\.?(?::\d{1,5})?$")
_FIRST_LAST = re.compile(r"[A-Za-z]{2,}\.([A-Za-z]{2,})")
_TOP_LEVEL = frozenset(
    words(
        "com net org edu gov mil int info biz name pro mobi app dev page new cloud tech online site website store "
        "shop xyz top club live life news media studio agency digital design art blog wiki tools tool software "
        "systems services solutions network email chat bot google microsoft amazon apple youtube mov link click "
        "space fun world today run build codes academy school education university health finance bank work team "
        "group company global social video games studio lan local corp internal intranet home private localdomain "
        "localhost example test invalid arpa onion "
    )
)
_QTYPE = re.compile(r"(?:A|AAAA|HTTPS|SVCB|CNAME|MX|NS|PTR|SOA|SRV|TXT|ANY|CAA|DS|DNSKEY|NAPTR|TYPE\d+)$")
_LABEL = re.compile(r"[A-Za-z][\w-]{0,62}\$?$")
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,14}://[^\s]+|(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?/\S*", re.IGNORECASE)
_PATH = re.compile(r"/[^\s]*$")
_COUNT = re.compile(r"\d{1,18}(?:\.0*)?$")
_SIZE = re.compile(r"\d{1,18}(?:\.\d+)? ?[KMGT]i?B$", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,15}(?:\.\d+)?$")
_METHOD = re.compile(
    r"(?:GET|POST|PUT|HEAD|CONNECT|OPTIONS|DELETE|PATCH|TRACE|PROPFIND|[A-Z]{3,12}_?[A-Z]*)$", re.IGNORECASE
)
_REAL_METHOD = re.compile(
    r"(?:GET|POST|PUT|HEAD|CONNECT|OPTIONS|DELETE|PATCH|TRACE|PROPFIND|REPORT|SEARCH|MKCOL|COPY|MOVE"
    r"|LOCK|UNLOCK|PROPPATCH)$"
)
_REQUEST_LINE = re.compile(r"[A-Z]{3,12} \S+(?: HTTP/\d(?:\.\d)?)?$")
_AGENT = re.compile(r"[A-Za-z][\w .+-]*/\d|Mozilla|curl|python|Go-http|Dalvik|okhttp|axios", re.IGNORECASE)
_MIME = re.compile(r"[a-z]{3,15}/[\w.+*-]+", re.IGNORECASE)
_ALLOWED = re.compile(
    r"(?i)allow|accept|permit|pass|forward|monitor|trust|built|success|observ|inspect|detect|alert|close|end|start"
    r"|continue|log|warn|caution|coach|established|proxy|tcp_\w*(?:hit|miss|tunnel|refresh|expired|none)|notified|timeout"
)
_BLOCKED = re.compile(
    r"(?i)den[iy]|block|drop|reject|reset|refus|forbid|discard|prevent|quarantin|sinkhol|disallow|not.?allow|kill"
    r"|redirect|isolat|\bban"
)
_VERDICT = re.compile(
    r"(?i)(?:\w{0,20}[ _-]?)(?:allow(?:ed)?|accept(?:ed)?|permit(?:ted)?|pass(?:ed|through)?|den(?:y|ied)|block(?:ed)?"
    r"|drop(?:ped)?|reject(?:ed)?|reset\w*|observed|monitor(?:ed)?|continue|detect(?:ed)?|alert(?:ed)?|close|discard"
    r"|quarantined?|redirect(?:ed)?|isolated?|tcp_\w+|success\w*|ok|cautious|forward(?:ed)?)\b"
)
_ZONE = re.compile(r"(?:UTC|GMT|Z|[A-Z]{3,4}|[+-]\d{1,2}(?::?\d\d)?)$")
_DATE = re.compile(
    r"\d{4}[-/.]\d\d[-/.]\d\d$|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$|\d{1,2}[A-Z][a-z]{2}\d{4}$"
    r"|\d{1,2} [A-Z][a-z]{2} \d{4}$|\d{8}$"
)
_CLOCK = re.compile(r"\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: ?[AP]M)?(?: ?[A-Z]{3,4})?$")
_PROTO = re.compile(
    r"(?:tcp|udp|icmp|icmp6|icmpv6|gre|esp|igmp|sctp|ip|ipv6|ospf|\d{1,3}|https?|tls|ssl|dns|quic)(?:[/v ].*)?$",
    re.IGNORECASE,
)
_FILE_SUFFIX = frozenset(
    [
        "exe",
        "dll",
        "pdf",
        "gif",
        "zip",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "html",
        "php",
        "js",
        "css",
        "png",
        "jpg",
        "crt",
        "txt",
        "log",
    ]
)


def is_null(text: str) -> bool:
    """Tell whether the text is one of the words logs write for "no value"."""
    return text.strip().lower() in NULLS


def is_ip(text: str) -> bool:
    """An address, also with a port, a zone or more behind it."""
    match = _IPV4.match(text.strip('" '))
    if match:
        return all(int(part) < 256 for part in match.groups())
    found = _IPV6.match(text.strip('" ')) if text.count(":") > 1 else None
    if found is None:
        return False
    try:
        ipaddress.IPv6Address(found[1])
    except ValueError:
        return False
    return True


def is_mac(text: str) -> bool:
    """A hardware address."""
    return _MAC.match(text) is not None


def is_host(text: str) -> bool:
    """A host name of at least two labels, with or without a port; ``first.last`` is a person."""
    match = _HOST.match(text)
    return match is not None and match[1].lower() not in _FILE_SUFFIX and not is_person(text)


def is_person(text: str) -> bool:
    """``first.last``: two words of letters, the second no top-level domain that hosts are commonly under."""
    match = _FIRST_LAST.fullmatch(text)
    return match is not None and len(match[1]) > 2 and match[1].lower() not in _TOP_LEVEL


def is_label(text: str) -> bool:
    """A device name of one label."""
    return _LABEL.match(text) is not None


def is_url(text: str) -> bool:
    """A URL with a scheme, or a host with a path."""
    return _URL.match(text) is not None


def is_path(text: str) -> bool:
    """A URL's path and query alone."""
    return _PATH.match(text) is not None


def is_port(text: str) -> bool:
    """0..65535, also as 443.0."""
    return _COUNT.match(text) is not None and float(text) <= 65535


def is_status(text: str) -> bool:
    """An HTTP status code, perhaps with a sub-status behind it."""
    return re.match(r"[1-5]\d\d(?:\.0)?(?:$|[/ .])", text) is not None


def is_request_line(text: str) -> bool:
    """METHOD, target and mostly the HTTP version."""
    return _REQUEST_LINE.match(text) is not None


def is_count(text: str) -> bool:
    """A whole number that isn't negative."""
    return _COUNT.match(text) is not None


def is_size(text: str) -> bool:
    """A count of bytes, perhaps in units (1.5 KB, 3 MiB)."""
    return is_count(text) or _SIZE.match(text) is not None or re.match(r"\d{1,18} ?B(?:ytes)?$", text) is not None


def is_verdict(text: str) -> bool:
    """A word for what a device did with a request."""
    return len(text) <= 60 and _VERDICT.match(text) is not None


def is_deed(text: str) -> bool:
    """A text in which a verdict can be found at all (``allowedOnNoRuleMatch``): enough where the name is sure."""
    return _BLOCKED.search(text) is not None or _ALLOWED.search(text) is not None


def is_user(text: str) -> bool:
    """Something that can name a person or account: not an address, not a mere word of state."""
    return 0 < len(text) <= 256 and not is_ip(text) and text.lower() not in {"true", "false", "0"}


def _text(text: str) -> bool:
    return bool(text.strip())


def _address_or_name(text: str) -> bool:
    return is_ip(text) or is_host(text)


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "src_ip": is_ip,
    "dst_ip": is_ip,
    "src_port": is_port,
    "dst_port": is_port,
    "src_host": lambda text: is_label(text) or is_host(text),
    "user": is_user,
    "host": lambda text: is_host(text) or is_ip(text) or is_url(text),
    "sni": is_host,
    "qtype": lambda text: _QTYPE.match(text) is not None,
    "query": lambda text: is_host(text) or is_label(text.rstrip(".")) or re.match(r"[\w.()-]+$", text) is not None,
    "url": lambda text: is_url(text) or is_path(text) or is_host(text),
    "url_path": is_path,
    "url_query": _text,
    "method": lambda text: _REAL_METHOD.match(text.upper()) is not None,
    "request_line": is_request_line,
    "status": is_status,
    "user_agent": lambda text: re.search(r"[A-Za-z]{2}", text) is not None and not is_url(text),
    "content_type": lambda text: _MIME.match(text) is not None,
    "referrer": lambda text: is_url(text) or is_host(text),
    "file_name": _text,
    "bytes_out": is_size,
    "bytes_in": is_size,
    "packets_out": is_count,
    "packets_in": is_count,
    "duration_s": lambda text: _NUMBER.match(text) is not None,
    "action": is_verdict,
    "vendor_app": lambda text: len(text) <= 80 and not _COUNT.match(text) and not is_ip(text),
    "proto": lambda text: _PROTO.match(text) is not None,
    "answers": _text,
    "date": lambda text: _DATE.match(text) is not None,
    "clock": lambda text: _CLOCK.match(text) is not None,
    "zone": lambda text: _ZONE.match(text) is not None,
}
"""Column or helper -> does a value fit it?"""


def share(values: Sequence[str], check: Callable[[str], bool]) -> float:
    """Share of the values that pass the check, 0..1; 1 where there are none to judge."""
    return sum(map(check, values)) / len(values) if values else 1.0
