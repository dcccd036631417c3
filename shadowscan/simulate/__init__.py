"""Companies that never were, whose truth is known: for calibration, demonstrations and load tests.

Every parameter is drawn anew for each company from wide distributions of its own; nothing here knows the estimator's
priors (``shadowscan.exposure.priors``), or the calibration would prove nothing.
"""

from shadowscan.simulate.company import Company, simulate

__all__ = ["Company", "simulate"]
