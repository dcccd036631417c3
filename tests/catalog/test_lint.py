import pytest

from shadowscan.catalog.lint import ALL_CHECKS, Level, lint, load_subject
from tests.catalog.conftest import WriteSignatures
from tests.catalog.samples import ACME, ACME_CODE, ALL, LONG_TAIL

CHAT = "chat-assistant/acme-chat.yaml"
CODE = "code-assistant/acme-code.yaml"
LIST = "writing-translation/_long-tail.yaml"


def test_the_sample_catalogue_is_clean(signatures: WriteSignatures) -> None:
    assert lint(load_subject([signatures(ALL)])) == []


BROKEN = {
    "OwnTestsPass": {
        CHAT: ACME.replace("https://chat.acme.example/ -> browse", "https://chat.acme.example/ -> history")
    },
    "EndpointsHaveExamples": {
        CHAT: ACME.replace("    - GET https://chat.acme.example/api/v2/talk/77 -> history\n", "")
    },
    "HostsHaveExamples": {
        CODE: ACME_CODE.split("endpoints:")[0] + "tests:\n  match: []\n  no_match: [https://chat.acme.example/]\n"
    },
    "HostsAreUnique": {CODE: ACME_CODE.replace("suffix: code.acme.example", "suffix: chat.acme.example")},
    "FactsHaveSources": {CHAT: ACME.replace("sources: [notes]", "sources: [hearsay]")},
    "HostsAreNarrow": {LIST: LONG_TAIL.replace("quill-pen.example", "googleapis.com")},
    "LookAlikesDontMatch": {
        CODE: ACME_CODE.replace("suffix: code.acme.example", "suffix: x.example"),
        LIST: LONG_TAIL.replace("domain: quill-pen.example", "domain: xx.example"),
    },
    "IdsAreConsistent": {CODE: ACME_CODE.replace("category: code-assistant", "category: search")},
    "AgentTokensAreUnique": {CODE: ACME_CODE.replace("token: acmecode/", "token: acme-cli/")},
    "SharedHostsHaveEndpoints": {CODE: ACME_CODE.replace("role: web}", "role: web, shared: true}")},
    "StableHasEvidence": {
        LIST: LONG_TAIL.replace('id: two, status: stable, sources: [notes, "pages#2"]', "id: two, status: stable")
    },
}


@pytest.mark.parametrize("check", [check.__name__ for check in ALL_CHECKS if check.__name__ != "LookAlikesDontMatch"])
def test_every_check_finds_what_it_is_for(signatures: WriteSignatures, check: str) -> None:
    found = [one for one in lint(load_subject([signatures(ALL | BROKEN[check])])) if one.check == check]
    assert found
    assert all(one.advice and one.where and one.message for one in found)


def test_errors_come_first(signatures: WriteSignatures) -> None:
    files = ALL | BROKEN["SharedHostsHaveEndpoints"] | BROKEN["FactsHaveSources"]
    levels = [one.level for one in lint(load_subject([signatures(files)]))]
    assert levels == sorted(levels, key=lambda level: level.rank)
    assert levels[0] is Level.ERROR


def test_public_suffixes_count_as_shared(signatures: WriteSignatures) -> None:
    files = ALL | {LIST: LONG_TAIL.replace("quill-pen.example", "github.io")}
    assert any(one.check == "HostsAreNarrow" for one in lint(load_subject([signatures(files)])))
