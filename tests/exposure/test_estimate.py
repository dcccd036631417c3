"""The estimator through its public face: ranges, grades, sums."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowscan.exposure import ClientClass, Exposure, Grade, Sizes, Traffic, default_priors, estimate
from shadowscan.exposure.sizes import sizes_of

CHAT = [2_600, 2_700, 5_200, 2_650, 9_000, 2_800, 2_620, 30_000, 2_900, 3_100] * 3
AGENT = [41_000 + 3_000 * step for step in range(30)]


def chat(who: str = "ada", service: str = "openai-chatgpt", department: str = "sales") -> Traffic:
    return Traffic(service, who, ClientClass.WEB, Grade.A, department, prompts=sizes_of(CHAT))


def total(*traffic: Traffic, seed: int = 0) -> Exposure:
    return estimate(traffic, default_priors(), seed=seed).total()


def test_same_seed_same_numbers_and_order_does_not_matter() -> None:
    one, two = chat(), chat("bob", "anthropic-claude")
    assert total(one, two) == total(two, one)
    assert total(one) != total(one, seed=1)


def test_overhead_of_chat_requests_is_read_from_the_small_ones() -> None:
    volume = total(chat()).volume
    assert volume is not None
    assert sum(CHAT) - len(CHAT) * 2_600 in volume
    assert volume.high < 0.8 * sum(CHAT)
    assert volume.high / volume.low < 3


def test_growing_requests_of_an_agent_are_one_session_not_thirty() -> None:
    agent = Traffic("claude-code", "ada", ClientClass.AGENT, Grade.A, prompts=sizes_of(AGENT))
    volume = total(agent).volume
    assert volume is not None
    assert volume.high < 0.1 * sum(AGENT)
    assert 0.6 * (AGENT[-1] - AGENT[0]) in volume


def test_interleaved_sessions_of_an_agent_do_not_count_twice() -> None:
    both = [size for pair in zip(AGENT, [size + 500_000 for size in AGENT], strict=True) for size in pair]
    alone = total(Traffic("s", "ada", ClientClass.AGENT, Grade.A, prompts=sizes_of(AGENT))).volume
    mixed = total(Traffic("s", "ada", ClientClass.AGENT, Grade.A, prompts=sizes_of(both))).volume
    assert alone is not None
    assert mixed is not None
    assert mixed.likely < 3 * alone.likely + 500_000


def test_uploads_are_nearly_all_content_and_small_requests_are_hardly_files() -> None:
    sizes = sizes_of([300_900, 450, 512_000, 430])
    found = total(Traffic("s", "ada", ClientClass.WEB, Grade.A, uploads=sizes))
    assert found.volume is not None
    assert found.files is not None
    assert 812_000 / 1.003 in found.volume
    assert 2 in found.files
    assert found.files.high < 4


def test_without_the_sequence_an_agents_resending_is_a_prior() -> None:
    sizes = replace(sizes_of(AGENT), fresh=0, runs=0, linked=0, links=0)
    volume = total(Traffic("s", "ada", ClientClass.AGENT, Grade.A, prompts=sizes)).volume
    assert volume is not None
    assert 0 < volume.low < volume.high < sum(AGENT)


def test_names_only_give_no_number_and_the_reason() -> None:
    found = total(Traffic("deepl", "ada", ClientClass.WEB, Grade.C))
    assert found.grade is Grade.C
    assert found.volume is found.prompts is found.files is found.sensitive is None
    assert "names" in found.reason
    assert found.without_volume == ("deepl",)


def test_urls_without_bytes_give_prompts_but_no_volume() -> None:
    found = total(Traffic("s", "ada", ClientClass.WEB, Grade.C, prompts=Sizes(count=40)))
    assert found.volume is None
    assert found.prompts is not None
    assert 40 in found.prompts
    assert "how many bytes" in found.reason


def test_telemetry_is_no_content() -> None:
    found = total(Traffic("s", "ada", ClientClass.TELEMETRY, Grade.B, connections=sizes_of([9_000_000])))
    assert found.volume is None
    assert "telemetry" in found.reason


def test_a_total_is_narrower_than_the_ends_of_its_parts() -> None:
    services = [chat(service=f"service-{number}") for number in range(20)]
    estimates = estimate(services, default_priors())
    parts = [one.volume for one in estimates.by_service().values() if one.volume]
    volume = estimates.total().volume
    assert volume is not None
    assert volume.low > sum(part.low for part in parts)
    assert volume.high < sum(part.high for part in parts)


def test_what_people_share_does_not_average_out() -> None:
    """A hundred users of one web chat share its unknown chatter: the range stays as wide as that."""
    people = [
        Traffic("s", f"p{number}", ClientClass.WEB, Grade.B, connections=sizes_of([40_000] * 20))
        for number in range(100)
    ]
    many, one = total(*people).volume, total(people[0]).volume
    assert many is not None
    assert one is not None
    assert many.high / many.low > 0.6 * one.high / one.low > 3


def test_grade_is_the_worst_that_weighs_a_tenth() -> None:
    tunnel = Traffic("t", "ada", ClientClass.WEB, Grade.B, connections=sizes_of([sum(CHAT)]))
    assert total(chat()).grade is Grade.A
    found = total(chat(), tunnel)
    assert found.grade is Grade.B
    assert "part is of grade A" in found.reason


def test_packets_lose_what_they_acknowledge() -> None:
    seen = Traffic(
        "s", "ada", ClientClass.WEB, Grade.B, connections=sizes_of([100_000] * 10), bytes_in=20_000_000, packets=True
    )
    packets, bytes_only = total(seen).volume, total(replace(seen, packets=False)).volume
    assert packets is not None
    assert bytes_only is not None
    assert packets.likely < bytes_only.likely


def test_a_vendors_label_outweighs_the_survey() -> None:
    plain, labelled = total(chat()), total(replace(chat(), labelled_sensitive=25))
    assert plain.sensitive_prompts is not None
    assert labelled.sensitive_prompts is not None
    assert labelled.sensitive_prompts.low >= 8 > plain.sensitive_prompts.low


def test_file_types_and_departments_shift_what_is_sensitive() -> None:
    files = Traffic("s", "ada", ClientClass.WEB, Grade.A, "it", uploads=sizes_of([200_000] * 200))
    tables, pictures = (total(replace(files, file_types=((kind, 200),))).sensitive_files for kind in ("csv", "png"))
    assert tables is not None
    assert pictures is not None
    assert pictures.likely < tables.likely


def test_classes_share_the_sensitive_items() -> None:
    found = total(*[chat(f"p{number}") for number in range(50)])
    assert found.sensitive is not None
    assert sum(items.likely for _, items in found.classes) == pytest.approx(found.sensitive.likely, rel=0.35)
    assert {name for name, _ in found.classes} == set(default_priors().classes)


def test_by_person_keeps_people_apart() -> None:
    found = estimate([chat("ada"), chat("bob")], default_priors(), by_person=True).by_department()
    assert set(found) == {"ada", "bob"}


_sizes = st.lists(st.integers(0, 2**40), max_size=30).map(sizes_of)


@given(
    st.sampled_from(ClientClass), st.sampled_from(Grade), _sizes, _sizes, _sizes, st.integers(0, 2**45), st.booleans()
)
@settings(max_examples=80, deadline=None)
def test_any_traffic_gives_ordered_finite_ranges(
    client: ClientClass, grade: Grade, prompts: Sizes, uploads: Sizes, connections: Sizes, received: int, packets: bool
) -> None:
    traffic = Traffic("s", "\ud800", client, grade, "\x00", prompts, uploads, connections, received, packets)
    found = estimate([traffic], default_priors(), draws=200).total()
    ranges = [found.volume, found.pasted, found.tokens, found.prompts, found.files, found.sensitive]
    for one in [one for one in ranges if one is not None]:
        assert 0 <= one.low <= one.likely <= one.high
        assert np.isfinite(one.high)
    if found.volume is not None:
        # Rounding up to a byte a request, and habits that differ, may lift it a little above what was sent.
        assert found.volume.low <= 1.2 * (prompts.bytes + uploads.bytes + connections.bytes) + 100


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60))
def test_sums_of_sizes(sent: list[int]) -> None:
    sizes = sizes_of(sent)
    assert sizes.count == len(sent)
    assert sizes.bytes == sum(sent)
    assert 0 <= sizes.linked <= sizes.fresh <= sizes.bytes
    assert 1 <= sizes.links <= max(sizes.runs, sent.count(0) + sizes.links)
    assert min(sent) <= sizes.low <= max(sent)
