"""How covers are read and told: curtains, blinds, shutters and garage doors.

Most tell what they do and where they are under few names, and one name often means a wish or a fact,
depending on who has sent it. So a cover is followed from frame to frame. Source: docs/params.md, Covers.
"""

from collections.abc import Callable, Mapping, Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from .capability import CoverCapability, Kind, Sender
from .params import Params, choice, flag, integer, item_of, object_of
from .states import CoverAction, CoverCommand, CoverForm, CoverState, Movement

OPEN, CLOSED = 100, 0
_CALIBRATED = "calibState"
# A motor that stops so near its target has reached it.
_NEAR = 3
_WAYS = {Movement.OPENING: CoverAction.OPEN, Movement.CLOSING: CoverAction.CLOSE}


def always(_: Params) -> bool:
    """Tell that a cover is calibrated: of its kind nothing else is known."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """How a family of covers is told and tells.

    Attributes:
        action: the param of what the cover does.
        words: its values for opening, closing and stopping.
        target: the param that sends it somewhere.
        place: the param of where it is; often the one of the target.
        is_inverted: whether 100 is closed.
        is_live: whether `action` is what the cover does now; else what it did last.
        ends_by_action: whether the ends are reached by `action` alone.
        end: the param of the end that the cover has reached, with its values for open and closed.
        is_calibrated: whether the cover knows where it is.
        calibrated_by: the params beside the others that this looks at.
    """

    action: str
    words: Mapping[CoverAction, int | str]
    target: str
    place: str
    is_inverted: bool = False
    is_live: bool = False
    ends_by_action: bool = False
    end: tuple[str, int, int] | None = None
    is_calibrated: Callable[[Params], bool] = always
    calibrated_by: frozenset[str] = frozenset()

    @property
    def params(self) -> frozenset[str]:
        """The params that tell of the cover."""
        end = () if self.end is None else (self.end[0],)
        return frozenset({self.action, self.target, self.place, *end})

    def read(self, params: Params) -> CoverState:
        """Return what the params say by themselves: unless they tell more, the cover stands still."""
        calibrated = self.is_calibrated(params)
        position = self._place(params) if calibrated else None
        if position is None and calibrated:
            position = self._end(params)
        movement = self._movement(self._action(params)) if self.is_live else None
        if not self.is_live and self.end is not None and self._is_left(params, position):
            position = None
        if movement is not None and position == _goal(movement):
            movement = None
        return CoverState(position=position, movement=movement, calibrated=calibrated)

    def follow(
        self, before: CoverState, params: Params, sent: AbstractSet[str], sender: Sender
    ) -> CoverState:
        """Return what the cover does after a frame in which these params were sent."""
        now = self.read(params)
        if self.place != self.target:
            return self._follow_place(before, now, params, sent, sender)
        if self.place in sent:
            if sender is Sender.DEVICE:
                # The cover has got there.
                return replace(now, position=self._place(params) if now.calibrated else None, movement=None)
            return self._towards(before, self._place(params), now)
        if self.action in sent:
            return self._acts(before, params, now)
        return replace(now, position=_kept(before, now), movement=before.movement)

    def _follow_place(
        self, before: CoverState, now: CoverState, params: Params, sent: AbstractSet[str], sender: Sender
    ) -> CoverState:
        """Follow a cover that tells where it is apart from where it goes."""
        state = replace(now, movement=before.movement, target=before.target)
        # Beside where it is, one that tells what it did last begins nothing.
        begins = self.is_live or sender is not Sender.DEVICE or self.place not in sent
        if self.action in sent and begins:
            movement = self._movement(self._action(params))
            state = replace(state, movement=movement, target=_goal(movement))
        elif self.target in sent and sender is not Sender.DEVICE:
            state = self._towards(state, self._fraction(params, self.target), now)
            state = replace(state, position=now.position)
        return _unless_there(state)

    def _acts(self, before: CoverState, params: Params, now: CoverState) -> CoverState:
        """Return what becomes of a cover that is told, or tells, an action and not where it is."""
        action = self._action(params)
        movement = self._movement(action)
        if movement is None:
            # Where it was stopped on its way, it may tell later.
            was_moving = before.movement is not None and action is CoverAction.STOP
            position = None if was_moving else _kept(before, now)
            return replace(now, position=position, movement=None)
        position = _kept(before, now)
        return _unless_there(replace(now, position=position, movement=movement, target=_goal(movement)))

    def _towards(self, before: CoverState, target: int | None, now: CoverState) -> CoverState:
        """Return a cover on its way to a target."""
        movement = None
        if target is not None:
            if target in (OPEN, CLOSED):
                movement = Movement.OPENING if target == OPEN else Movement.CLOSING
            elif before.position is not None:
                movement = Movement.OPENING if target > before.position else Movement.CLOSING
        return _unless_there(
            replace(
                now, position=before.position if now.calibrated else None, movement=movement, target=target
            )
        )

    def write(self, params: Params, command: CoverCommand) -> tuple[Params, ...]:
        """Return the message for a command."""
        del params
        action = command.action
        if command.position is not None:
            position = min(max(round(command.position), CLOSED), OPEN)
            if self.ends_by_action and position in (OPEN, CLOSED):
                action = CoverAction.OPEN if position == OPEN else CoverAction.CLOSE
            else:
                return ({self.target: OPEN - position if self.is_inverted else position},)
        return () if action is None else ({self.action: self.words[action]},)

    def capability(self, form: CoverForm | None = None) -> CoverCapability:
        """Return the cover as a capability."""
        return CoverCapability(
            kind=Kind.COVER,
            params=self.params,
            decided_by=self.calibrated_by,
            read=self.read,
            write=self.write,
            follow=self.follow,
            form=form,
        )

    def _action(self, params: Params) -> CoverAction | None:
        value = params.get(self.action)
        if isinstance(value, bool) or not isinstance(value, int | str):
            return None
        return next((action for action, word in self.words.items() if str(word) == str(value)), None)

    @staticmethod
    def _movement(action: CoverAction | None) -> Movement | None:
        return next((movement for movement, way in _WAYS.items() if way is action), None)

    def _place(self, params: Params) -> int | None:
        return self._fraction(params, self.place)

    def _fraction(self, params: Params, name: str) -> int | None:
        value = integer(params, name) if name in params else None
        if value is None or not CLOSED <= value <= OPEN:
            return None
        return OPEN - value if self.is_inverted else value

    def _end(self, params: Params) -> int | None:
        if self.end is None or self.end[0] not in params:
            return None
        _, opened, closed = self.end
        return {opened: OPEN, closed: CLOSED}.get(integer(params, self.end[0]) or 0)

    def _is_left(self, params: Params, position: int | None) -> bool:
        """Return whether an end that a cover tells was left: it was stopped since, and has not told where."""
        return position in (OPEN, CLOSED) and self._action(params) is CoverAction.STOP


def _goal(movement: Movement | None) -> int | None:
    """Return where a movement ends that nothing stops."""
    if movement is None:
        return None
    return OPEN if movement is Movement.OPENING else CLOSED


def _kept(before: CoverState, now: CoverState) -> int | None:
    """Return where a cover is that has not told it: where it was, unless it was calibrated meanwhile."""
    return before.position if now.calibrated and before.calibrated else now.position


def _unless_there(state: CoverState) -> CoverState:
    """Return a cover that stands still if it has reached its target."""
    position, target = state.position, state.target
    if state.movement is None or position is None or target is None:
        return state
    missing = target - position if state.movement is Movement.OPENING else position - target
    # An end is reached when it is told.
    near = 0 if target in (OPEN, CLOSED) else _NEAR
    return replace(state, movement=None, target=None) if missing <= near else state


# --- families ----------------------------------------------------------------------------------------------


def is_calibrated(params: Params) -> bool:
    """Return whether a motor that says so is calibrated."""
    return flag(params, _CALIBRATED) is True


def _unless_denied(params: Params) -> bool:
    """Return whether a motor is calibrated; older ones do not say."""
    return _CALIBRATED not in params or flag(params, _CALIBRATED) is not False


def _has_place(params: Params) -> bool:
    """Return whether a Zigbee motor knows where it is: 255 stands for one that does not."""
    place = integer(params, "curPercent") if "curPercent" in params else None
    return place is None or CLOSED <= place <= OPEN


CURTAIN = Travel(
    action="switch",
    words={CoverAction.OPEN: "on", CoverAction.CLOSE: "off", CoverAction.STOP: "pause"},
    target="setclose",
    place="setclose",
    is_inverted=True,
    is_calibrated=_unless_denied,
    calibrated_by=frozenset({_CALIBRATED}),
)
ZIGBEE_CURTAIN = Travel(
    action="curtainAction",
    words={CoverAction.OPEN: "open", CoverAction.CLOSE: "close", CoverAction.STOP: "pause"},
    target="openPercent",
    place="curPercent",
    is_inverted=True,
    is_calibrated=_has_place,
)
ROLLING_DOOR = Travel(
    action="op",
    words={CoverAction.OPEN: 1, CoverAction.STOP: 2, CoverAction.CLOSE: 3},
    target="per",
    place="per",
    end=("statu", 5, 6),
)
MOTOR = Travel(
    action="motorTurn",
    words={CoverAction.STOP: 0, CoverAction.OPEN: 1, CoverAction.CLOSE: 2},
    target="location",
    place="currLocation",
    is_live=True,
    # On the local network the ends are no targets.
    ends_by_action=True,
    is_calibrated=is_calibrated,
    calibrated_by=frozenset({_CALIBRATED}),
)
TOUCH_MOTOR = Travel(
    action="electromotor",
    words={CoverAction.OPEN: 0, CoverAction.STOP: 1, CoverAction.CLOSE: 2},
    target="percentageControl",
    place="percentageControl",
    is_inverted=True,
    is_calibrated=is_calibrated,
    calibrated_by=frozenset({_CALIBRATED}),
)


# --- garage doors ------------------------------------------------------------------------------------------

_CONTACTS = "doorsensors"
# What the cloud wants beside a command: the result comes later, and nothing of it is kept.
_DOOR_COMMAND: Mapping[str, Any] = {"source": "app", "NO_SAVE_DB": True, "ASYN_RESP": {}}


def door(wire_outlet: int) -> CoverCapability:
    """Make one garage door of a controller: commanded as an outlet, known by its contact."""
    name = str(wire_outlet)

    def read(params: Params) -> CoverState:
        contact = choice(object_of(params, _CONTACTS), name, ("on", "off"))
        return CoverState(closed=None if contact is None else contact == "off", calibrated=False)

    def follow(before: CoverState, params: Params, sent: AbstractSet[str], sender: Sender) -> CoverState:
        now = read(params)
        if _CONTACTS in sent:
            return now
        item = item_of(params, "switches", wire_outlet)
        asked = None if item is None else flag(item, "switch")
        if "switches" not in sent or asked is None or sender is Sender.DEVICE:
            return replace(now, movement=before.movement)
        if now.closed is not asked:
            return now
        return replace(now, movement=Movement.OPENING if asked else Movement.CLOSING)

    def write(_: Params, command: CoverCommand) -> tuple[Params, ...]:
        switch = "on" if command.action is CoverAction.OPEN else "off"
        return ({"switches": [{"switch": switch, "outlet": wire_outlet}], **_DOOR_COMMAND},)

    return CoverCapability(
        kind=Kind.COVER,
        params=frozenset({"switches", _CONTACTS}),
        read=read,
        write=write,
        follow=follow,
        outlet=wire_outlet,
        present=lambda params: (
            item_of(params, "switches", wire_outlet) is not None or name in object_of(params, _CONTACTS)
        ),
        form=CoverForm.GARAGE,
        can_stop=False,
        can_position=False,
    )
