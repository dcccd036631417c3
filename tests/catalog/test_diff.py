from shadowscan.catalog import load_catalog
from shadowscan.catalog.diff import Change, diff
from tests.catalog.conftest import WriteSignatures
from tests.catalog.samples import ACME, ALL


def test_every_kind_of_change(signatures: WriteSignatures) -> None:
    old = load_catalog([signatures(ALL, "old")], builtin=False)
    files = dict(ALL)
    files["chat-assistant/acme-chat.yaml"] = (
        ACME.replace("revision: 3", "revision: 4")
        .replace("{suffix: stats.acme.example, role: telemetry}", "{suffix: metrics.acme.example, role: telemetry}")
        .replace("status: stable", "status: retired")
    )
    del files["code-assistant/acme-code.yaml"]
    files["search/finder.yaml"] = ALL["code-assistant/acme-code.yaml"].replace(
        "id: acme-code", "id: finder\naliases: [acme-code]"
    )
    files["search/_list.yaml"] = "category: search\nsources: [notes]\nservices: [{domain: new.example, name: New}]\n"
    changes = {change.service: change for change in diff(old, load_catalog([signatures(files, "new")], builtin=False))}
    assert changes["new-example"] == Change("added", "new-example", ("+ new.example",))
    assert changes["finder"].kind == "renamed"
    assert changes["acme-chat"].details == (
        "revision: 3 -> 4",
        "status: stable -> retired",
        "+ metrics.acme.example",
        "- stats.acme.example",
    )
    assert "runtime" not in changes


def test_a_dropped_service_is_removed(signatures: WriteSignatures) -> None:
    catalog = load_catalog([signatures(ALL)], builtin=False)
    smaller = {name: text for name, text in ALL.items() if "acme-code" not in name}
    assert diff(catalog, load_catalog([signatures(smaller, "new")], builtin=False)) == [Change("removed", "acme-code")]
    assert diff(catalog, catalog) == []
