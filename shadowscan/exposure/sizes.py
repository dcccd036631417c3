"""Sizes of requests in order of time -> the sums that the estimator reads."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shadowscan.exposure.traffic import LARGE, SIZEABLE, Sizes

MAIN = 0.25
"""Requests below this share of the median are side calls (titles, token counts): no part of the sequence."""
BACK = 6
"""So many requests before may be the one that a request continues."""
ACKNOWLEDGED = 0.02
"""Where packets are counted, this share of what came in is taken off before a connection counts as large."""

_Array = npt.NDArray[np.int64]


def sizes_of(sent: Sequence[int], received: Sequence[int] = ()) -> Sizes:
    """Return the sums over bytes sent by one person to one service, in order of time.

    ``received`` is given where the bytes sent hold acknowledgements (packets were counted).
    """
    if not sent:
        return Sizes()
    sizes = np.asarray(sent, dtype=np.int64)
    main = sizes[sizes >= MAIN * np.median(sizes)]
    steps = np.diff(main)
    net = sizes - ACKNOWLEDGED * np.asarray(received) if received else sizes
    linked = _linked(main)
    return Sizes(
        count=len(sizes),
        bytes=int(sizes.sum()),
        low=float(np.quantile(sizes, 0.1)),
        least=float(main.min()),
        fresh=int(main[0] + steps[steps >= 0].sum() + main[1:][steps < 0].sum()),
        runs=1 + int((steps < 0).sum()),
        linked=int((main - linked).sum()),
        links=int((linked == 0).sum()),
        sizeable=int((sizes >= SIZEABLE).sum()),
        large=int((net >= LARGE).sum()),
        large_bytes=int(sizes[net >= LARGE].sum()),
    )


def _linked(sizes: _Array) -> _Array:
    """Largest of the few sizes before that is not greater than this one; 0 if there is none."""
    best = np.zeros_like(sizes)
    for back in range(1, min(BACK, len(sizes) - 1) + 1):
        before = sizes[:-back]
        best[back:] = np.maximum(best[back:], np.where(before <= sizes[back:], before, 0))
    return best
