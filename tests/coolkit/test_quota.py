"""The calls of the month: counted, kept over a restart, and what is done when few are left."""

from datetime import UTC, datetime

import pytest

from custom_components.ewelink.coolkit import CannotConnectError, Quota, Quotas
from custom_components.ewelink.coolkit.cloud import quota as quota_module

USUAL = 300
NOVEMBER = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def now(monkeypatch):
    """The time, to be set."""
    times = [NOVEMBER]
    monkeypatch.setattr(quota_module, "_now", lambda: times[-1])
    return times


def test_a_month_begins_anew(now):
    quota = Quota(50_000)
    for _ in range(3):
        quota.note_call()
    quota.note_refusal()
    assert quota.as_dict() == {"month": "2026-11", "calls": 3, "is_refused": True}
    now.append(datetime(2026, 12, 1, tzinfo=UTC))
    assert quota.used == 0
    assert not quota.is_refused
    assert quota.pause(USUAL) == USUAL


@pytest.mark.parametrize(
    ("used", "pause"),
    [(0, 300), (24_999, 300), (25_000, 600), (40_000, 1500), (45_000, 3000), (50_000, 3600), (80_000, 3600)],
)
def test_from_half_of_it_on_reads_become_fewer(now, used, pause):
    quota = Quota(50_000, now[0].strftime("%Y-%m"), used)
    assert quota.pause(USUAL) == pytest.approx(pause)


def test_a_spent_quota_lasts_until_the_next_month(now):
    quota = Quota(50_000)
    quota.note_refusal()
    assert quota.pause(USUAL) == (datetime(2026, 12, 1, tzinfo=UTC) - now[0]).total_seconds()
    now.append(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    assert quota.pause(USUAL) == USUAL
    quota.note_answer()
    assert not quota.is_refused


def test_clouds_without_a_quota(now):
    del now
    quota = Quota()
    quota.note_call()
    assert (quota.used, quota.share, quota.pause(60)) == (1, 0, 60)


def test_a_count_is_kept(now):
    quota = Quota(50_000)
    quota.note_call()
    kept = Quota(50_000)
    kept.restore(quota.as_dict())
    assert kept == quota
    # Another entry of the same App ID has stored less.
    kept.restore({"month": "2026-11", "calls": 0})
    assert kept.used == 1
    now.append(datetime(2026, 12, 1, tzinfo=UTC))
    kept.restore(quota.as_dict() | {"month": "2026-11"})
    assert kept.used == 0


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"month": "2026-11"},
        {"month": "2026-11", "calls": -1},
        {"month": "2026-11", "calls": True},
        {"month": 11, "calls": 5},
        {"month": "2026-10", "calls": 5, "is_refused": True},
    ],
)
def test_what_cannot_be_read_counts_for_nothing(now, data):
    del now
    quota = Quota(50_000)
    quota.restore(data)
    assert quota.as_dict() == {"month": "2026-11", "calls": 0, "is_refused": False}


async def test_a_call_that_did_not_leave_is_not_counted(api_v2, session_v2, cloud):
    counted = api_v2.quota("eu")
    await cloud.stop()
    # The first one may have left by a connection that was open.
    with pytest.raises(CannotConnectError):
        await api_v2.list_homes(session_v2)
    used = counted.used
    for _ in range(3):
        with pytest.raises(CannotConnectError):
            await api_v2.list_homes(session_v2)
    assert counted.used == used
    counted.calls = 0
    counted.note_unsent()
    assert counted.used == 0


def test_each_app_id_and_region_has_its_own():
    quotas = Quotas()
    first = quotas.of("one", "eu", 50_000)
    assert quotas.of("one", "eu", 50_000) is first
    assert quotas.of("one", "us", 50_000) is not first
    assert quotas.of("two", "eu", 50_000) is not first
