"""Pauses that grow from attempt to attempt."""

import pytest

from custom_components.ewelink.coolkit import Timings
from custom_components.ewelink.coolkit.backoff import BackOff

TIMINGS = Timings()
EXACT = Timings(jitter=0)


def test_refusals_climb_to_five_minutes():
    backoff = BackOff(EXACT)
    pauses = [backoff.next(EXACT.backoff_limit) for _ in range(10)]
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_drops_climb_to_a_minute():
    backoff = BackOff(EXACT)
    assert [backoff.next(EXACT.dropped_limit) for _ in range(7)] == [2, 4, 8, 16, 32, 60, 60]


def test_a_drop_after_refusals_waits_for_a_minute_at_most():
    backoff = BackOff(EXACT)
    for _ in range(9):
        backoff.next(EXACT.backoff_limit)
    assert backoff.next(EXACT.dropped_limit) == 60
    # And what follows goes on from there.
    assert [backoff.next(EXACT.backoff_limit) for _ in range(2)] == [60, 120]


@pytest.mark.parametrize("limit", [TIMINGS.dropped_limit, TIMINGS.backoff_limit, TIMINGS.refused_limit])
def test_jitter_never_goes_beyond_the_limit(limit):
    backoff = BackOff(TIMINGS)
    pauses = [backoff.next(limit) for _ in range(60)]
    assert max(pauses) <= limit
    assert min(pauses[20:]) >= 0.8 * limit
    assert len(set(pauses)) == len(pauses)


def test_a_success_starts_anew():
    backoff = BackOff(EXACT)
    for _ in range(5):
        backoff.next(EXACT.dropped_limit)
    backoff.reset()
    assert backoff.next(EXACT.dropped_limit) == 2
