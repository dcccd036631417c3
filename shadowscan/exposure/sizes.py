"""Sizes of requests in order of time -> the sums that the estimator reads."""

from collections.abc import Sequence

import numpy as np

from shadowscan.exposure.traffic import LARGE, Sizes

MAIN = 0.25
"""Requests below this share of the median are side calls (titles, token counts): no part of the sequence."""


def sizes_of(sent: Sequence[int]) -> Sizes:
    """Return the sums over bytes sent by one person to one service, in order of time."""
    if not sent:
        return Sizes()
    sizes = np.asarray(sent, dtype=np.int64)
    main = sizes[sizes >= MAIN * np.median(sizes)]
    steps = np.diff(main)
    down = steps < 0
    large = sizes >= LARGE
    return Sizes(
        count=len(sizes),
        bytes=int(sizes.sum()),
        low=float(np.quantile(sizes, 0.1)),
        fresh=int(main[0] + steps[~down].sum() + main[1:][down].sum()),
        runs=1 + int(down.sum()),
        large=int(large.sum()),
        large_bytes=int(sizes[large].sum()),
    )
