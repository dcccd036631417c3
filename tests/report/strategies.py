"""Reports whose every string is what a stranger might have chosen."""

from hypothesis import strategies as st

from shadowscan.model.report import Report
from tests.report import factory

_NASTY = (
    "\x00\x07\x08\t\n\r\x1b[]\x7f\x85\x9b;|,\"'`*_<>&=+-@#\\/"
    "\u00ad\u061c\u200b\u200d\u202e\u2028\u2029\ue000\ufeff\ufe0f"
)
any_text = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.sampled_from(_NASTY + "ab\u6c49\U0001f600\u0301"), max_size=40),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Zs", "So"]), max_size=20),
    st.sampled_from(factory.HOSTILE),
)


def _paired(text: str) -> str:
    """The text without neighbouring halves of a pair: no string of a log or a file name holds them as two."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """The full report or one of its variants with strings of any characters, long ones too."""
    build = draw(st.sampled_from([factory.full_report, factory.without_policy, factory.only_dns]))
    texts = draw(st.lists(any_text, min_size=1, max_size=12))
    state = {"next": 0}

    def change(value: str) -> str:
        state["next"] += 1
        text = _paired(texts[state["next"] % len(texts)])
        return text + value if state["next"] % 3 else text

    return factory.with_strings(build(), change)
