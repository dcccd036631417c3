"""Delivery through failures, and over a restart."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from shadowscan.model.alert import Alert
from shadowscan.sinks.courier import Backoff, Couriers
from shadowscan.sinks.outbox import Outbox
from shadowscan.sinks.sink import DeliveryError
from tests.sinks.factory import alert

QUICK = Backoff(timedelta(milliseconds=1), timedelta(milliseconds=4))


class Receiver:
    """Takes alerts, but for those that ``refuses`` names a reason for."""

    def __init__(self, refuses: Callable[[Alert], DeliveryError | None] = lambda _: None) -> None:
        self.got: list[str] = []
        self.refuses = refuses
        self.lock = threading.Lock()

    def deliver(self, alert: Alert) -> None:
        if error := self.refuses(alert):
            raise error
        with self.lock:
            self.got.append(alert.id)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


def test_a_sink_that_is_down_gets_all_when_it_is_back_and_blocks_no_other(tmp_path: Path) -> None:
    down = True
    outbox = Outbox(tmp_path)
    broken, sound = Receiver(lambda _: DeliveryError("down") if down else None), Receiver()
    with Couriers({"broken": broken, "sound": sound}, outbox, QUICK) as couriers:
        for number in range(5):
            outbox.put(alert(id=f"{number:024x}"), ["broken", "sound"])
        couriers.wake()
        until(lambda: len(sound.got) == 5 and couriers.deliveries()["broken"].failures > 7)
        assert (broken.got, couriers.deliveries()["broken"].last_error) == ([], "down")
        down = False
        until(lambda: len(broken.got) == 5)
        until(lambda: not outbox.waiting("broken"))
    assert sorted(broken.got) == sound.got
    # The first to be taken is the one that had been tried least, the others come in their order.
    assert broken.got[1:] == sorted(broken.got[1:])
    assert couriers.deliveries()["broken"].last_error == ""


def test_one_alert_that_is_never_taken_does_not_hold_up_the_others(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    receiver = Receiver(lambda one: DeliveryError("500") if one.id.endswith("0") else None)
    for number in range(3):
        outbox.put(alert(id=f"{number:024x}"), ["hook"])
    with Couriers({"hook": receiver}, outbox, QUICK):
        until(lambda: len(receiver.got) == 2)
    assert [path.stem[-1] for path in outbox.waiting("hook")] == ["0"]


def test_what_is_refused_for_good_is_put_aside_with_the_reason_and_can_be_tried_again(tmp_path: Path) -> None:
    outbox, refusing = Outbox(tmp_path), True
    receiver = Receiver(lambda _: DeliveryError("answered 400", permanent=True) if refusing else None)
    outbox.put(alert(), ["hook"])
    with Couriers({"hook": receiver}, outbox, QUICK) as couriers:
        until(lambda: outbox.backlogs()["hook"].dead == 1)
        assert (tmp_path / "dead" / "hook" / f"{alert().id}.txt").read_text() == "answered 400\n"
        refusing = False
        assert outbox.retry() == 1
        couriers.wake()
        until(lambda: receiver.got == [alert().id])
    assert outbox.backlogs()["hook"].dead == 0


def test_what_waits_at_the_end_is_tried_once_more_and_is_there_at_the_next_start(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    with Couriers({"hook": Receiver(lambda _: DeliveryError("down"))}, outbox, Backoff()) as couriers:
        outbox.put(alert(), ["hook"])
        couriers.wake()
        until(lambda: couriers.deliveries()["hook"].failures == 1)
    assert couriers.deliveries()["hook"].failures == 2
    receiver = Receiver()
    with Couriers({"hook": receiver}, Outbox(tmp_path), Backoff()):
        pass
    assert receiver.got == [alert().id]


def test_a_sink_that_fails_in_its_own_way_and_a_damaged_file_stop_nothing(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(alert(), ["hook"])
    outbox.waiting("hook")[0].with_name("damaged.json").write_text("{")
    failing = True

    def fails(_: Alert) -> DeliveryError | None:
        if failing:
            raise RuntimeError("a mistake")
        return None

    receiver = Receiver(fails)
    with Couriers({"hook": receiver}, outbox, QUICK) as couriers:
        until(lambda: "RuntimeError: a mistake" in couriers.deliveries()["hook"].last_error)
        failing = False
        until(lambda: receiver.got == [alert().id])
    assert outbox.backlogs()["hook"].dead == 1


def test_time_from_line_to_delivery_is_measured(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(alert(), ["hook"])
    with Couriers({"hook": Receiver()}, outbox, QUICK) as couriers:
        until(lambda: couriers.deliveries()["hook"].delivered == 1)
    assert couriers.deliveries()["hook"].latencies[0] > 0
