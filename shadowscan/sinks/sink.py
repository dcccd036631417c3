"""What every sink is: something that takes an alert or says why not."""

from typing import Protocol

from shadowscan.model.alert import Alert


class DeliveryError(Exception):
    """A sink did not take an alert: for now, or for good."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Sink(Protocol):
    """Carries alerts; called from one thread, one alert at a time."""

    def deliver(self, alert: Alert) -> None:
        """Return when the alert is taken; DeliveryError if it is not."""
