"""Menus of the options for the codes of radio bridges: learn one, rename, show as a sensor, delete."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.translation import async_get_translations
import probatio

from ..coolkit import Code, CoolKitError, NameRequiredError, hears_codes
from ..radio import async_delete, async_learn
from ..radio_sensors import CLASSES, LONGEST_DELAY, USUAL_DELAY, RadioSensor, async_store_sensor, sensors_of
from ..texts import listed
from .dialogs import Ended
from .forms import TEXT, Fields, FormError, choice, form_error, nothing_chosen, one_of
from .options_base import FIELD_DEVICE, FIELD_NAME, OptionsSteps

FIELD_CODE: Final = "code"
FIELD_DEVICE_CLASS: Final = "device_class"
FIELD_IS_SENSOR: Final = "is_sensor"
FIELD_OFF_CODE: Final = "off_code"
FIELD_OFF_DELAY: Final = "off_delay"
FIELD_REMOTE: Final = "remote"


class RadioSteps(OptionsSteps):
    """What the owner of a bridge does with the codes that it has learned."""

    def __init__(self) -> None:
        """Begin with no code chosen."""
        super().__init__()
        self._channel: int | None = None
        self._learning: dict[str, Any] | None = None
        self._learning_error: CoolKitError | None = None
        self._learnt: Code | None = None
        self._listening = ""

    async def async_step_radio(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which bridge it is about."""
        error: FormError | None = None
        bridges = [device for device in self._own_devices() if hears_codes(device)]
        if not bridges:
            raise Ended("no_bridges")
        if user_input is None:
            self._begin(**({FIELD_DEVICE: bridges[0].device_id} if len(bridges) == 1 else {}))
        elif device_id := user_input.get(FIELD_DEVICE):
            self._device_id = device_id
            return await self.async_step_bridge()
        else:
            error = nothing_chosen(FIELD_DEVICE)
        return self._show_form("radio", one_of(FIELD_DEVICE, self._by_name(bridges)), error)

    async def async_step_bridge(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """List the codes of a bridge, and ask what to do."""
        device = self._device(self._device_id)
        codes = self._codes()
        options = ["learn_code", "code"] if codes else ["learn_code"]
        return self._show_menu(
            "bridge",
            [*options, "radio", "init"],
            device=self._label(device),
            codes=listed(map(self._code_label, codes)),
        )

    # Learn

    async def async_step_learn_code(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what the new code is called; then learn it."""
        if user_input is None:
            self._begin(**{FIELD_IS_SENSOR: False})
            return self._show_learn_code()
        self._remember(user_input)
        if not user_input.get(FIELD_NAME, "").strip():
            return self._show_learn_code(FormError(key="name_required", where=FIELD_NAME))
        self._channel = None
        return await self._async_learn(user_input)

    def _show_learn_code(self, error: FormError | None = None) -> ConfigFlowResult:
        device = self._device(self._device_id)
        remotes = sorted({code.remote for code in self._codes() if code.remote and not code.is_sensor})
        remote = SelectSelector(
            SelectSelectorConfig(options=remotes, custom_value=True, mode=SelectSelectorMode.DROPDOWN)
        )
        fields: Fields = {
            probatio.Required(FIELD_NAME): TEXT,
            probatio.Optional(FIELD_REMOTE): remote,
            probatio.Required(FIELD_IS_SENSOR, default=False): BooleanSelector(),
        }
        return self._show_form("learn_code", fields, error, device=self._label(device))

    async def async_step_learn_again(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what follows; then learn a code in place of the chosen one."""
        code = self._code()
        if user_input is None:
            self._begin()
            return self._show_learn_again(code)
        return await self._async_learn({})

    def _show_learn_again(self, code: Code, error: FormError | None = None) -> ConfigFlowResult:
        return self._show_form("learn_again", {}, error, name=self._code_label(code))

    async def _async_learn(self, names: dict[str, Any]) -> ConfigFlowResult:
        self._learning, self._learning_error, self._learnt = names, None, None
        # While it is shown that the bridge listens, nothing may end the dialog.
        self._listening = self._label(self._device(self._device_id))
        return await self.async_step_learn_wait()

    async def async_step_learn_wait(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - there is nothing to enter
    ) -> ConfigFlowResult:
        """Show that the bridge listens; closing the dialog ends that."""
        if self._learning is None:
            return await self.async_step_bridge()
        return self.async_wait_for(
            self._async_learning_done, "learn_wait", "learn_outcome", device=self._listening
        )

    async def _async_learning_done(self) -> None:
        names, device_id = self._learning or {}, self._device_id
        try:
            coordinator = self.coordinator
            if self._channel is None:
                self._learnt = await async_learn(
                    coordinator,
                    device_id,
                    button=names[FIELD_NAME].strip(),
                    remote=names.get(FIELD_REMOTE, "").strip(),
                    is_sensor=names.get(FIELD_IS_SENSOR, False),
                )
            else:
                await coordinator.client.radio.learn_again(device_id, self._channel)
                self._learnt = self._code()
        except CoolKitError as err:
            self._learning_error = err
        except Ended:
            # The next step says so.
            return

    async def async_step_learn_outcome(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - there is nothing to enter
    ) -> ConfigFlowResult:
        """Go back with what was learned, or to the form with what went wrong."""
        device = self._device(self._device_id)
        self._learning = None
        if self._learnt is not None:
            return await self._async_back("bridge", "code_learned", name=self._code_label(self._learnt))
        error = None
        if (err := self._learning_error) is not None:
            error = form_error(err, device, {NameRequiredError: FIELD_NAME})
        if self._channel is None:
            return self._show_learn_code(error)
        return self._show_learn_again(self._code(), error)

    # One code

    async def async_step_code(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which code it is about."""
        error: FormError | None = None
        options = [(str(code.channel), self._code_label(code)) for code in self._codes()]
        if not options:
            raise Ended("code_gone")
        if user_input is None:
            self._begin()
        elif channel := user_input.get(FIELD_CODE):
            self._channel = int(channel)
            return await self.async_step_code_menu()
        else:
            error = nothing_chosen(FIELD_CODE)
        return self._show_form("code", one_of(FIELD_CODE, options), error)

    async def async_step_code_menu(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Ask what to do with the code."""
        code = self._code()
        options = ["rename_code", "code_sensor", "learn_again", "delete_code", "bridge"]
        return self._show_menu("code_menu", options, name=self._code_label(code))

    async def async_step_rename_code(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for other names of a code and its remote, and give them."""
        error: FormError | None = None
        code, device = self._code(), self._device(self._device_id)
        shown = {FIELD_NAME: code.remote if code.is_sensor else code.button, FIELD_REMOTE: code.remote}
        if user_input is None:
            self._begin(**shown)
        else:
            self._remember(user_input)
            try:
                await self.coordinator.client.radio.rename(
                    device.device_id,
                    code.channel,
                    user_input[FIELD_NAME],
                    remote=user_input.get(FIELD_REMOTE, ""),
                )
            except CoolKitError as err:
                error = form_error(err, device, {NameRequiredError: FIELD_NAME})
            else:
                return await self._async_back("bridge", "code_renamed", name=self._code_label(self._code()))
        fields: Fields = {probatio.Required(FIELD_NAME): TEXT, probatio.Optional(FIELD_REMOTE): TEXT}
        return self._show_form("rename_code", fields, error, name=self._code_label(code))

    async def async_step_code_sensor(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether a sensor sends the code, and what it senses."""
        error: FormError | None = None
        code = self._code()
        entry = self.config_entry
        known = sensors_of(entry).get((self._device_id, code.channel))
        if user_input is None:
            self._begin(**_as_form(known))
        else:
            self._remember(user_input)
            sensor = _from_form(user_input)
            if sensor is not None and not sensor.off_delay and sensor.off_code is None:
                error = FormError(key="off_required", where=FIELD_OFF_DELAY)
            else:
                async_store_sensor(self.hass, entry, self._device_id, code.channel, sensor)
                done = "sensor_shown" if sensor is not None else "sensor_hidden"
                return await self._async_back("bridge", done, name=self._code_label(code))
        names = await async_get_translations(
            self.hass, self.hass.config.language, "entity_component", {"binary_sensor"}
        )
        classes = [
            (str(one), names.get(f"component.binary_sensor.entity_component.{one}.name", str(one)))
            for one in CLASSES
        ]
        others = [
            (str(one.channel), self._code_label(one)) for one in self._codes() if one.channel != code.channel
        ]
        delay = NumberSelectorConfig(
            min=0, max=LONGEST_DELAY, step=1, mode=NumberSelectorMode.BOX, unit_of_measurement="s"
        )
        fields: Fields = {
            probatio.Required(FIELD_IS_SENSOR, default=False): BooleanSelector(),
            **one_of(FIELD_DEVICE_CLASS, sorted(classes, key=lambda one: one[1])),
            probatio.Required(FIELD_OFF_DELAY): NumberSelector(delay),
            probatio.Optional(FIELD_OFF_CODE): choice(others),
        }
        return self._show_form("code_sensor", fields, error, name=self._code_label(code))

    async def async_step_delete_code(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what follows; then let the bridge forget the code."""
        error: FormError | None = None
        code, device = self._code(), self._device(self._device_id)
        name = self._code_label(code)
        if user_input is not None:
            try:
                await async_delete(self.coordinator, device.device_id, code.channel)
            except CoolKitError as err:
                error = form_error(err, device)
            else:
                return await self._async_back("bridge", "code_deleted", name=name)
        return self._show_form("delete_code", {}, error, name=name, device=self._label(device))

    # The codes that there are

    def _codes(self) -> tuple[Code, ...]:
        return self.coordinator.client.radio.codes(self._device(self._device_id).device_id)

    def _code(self) -> Code:
        """Return the code that was chosen; it may have been deleted meanwhile."""
        for code in self._codes():
            if code.channel == self._channel:
                return code
        raise Ended("code_gone")

    def _code_label(self, code: Code) -> str:
        return code.name or self._texts.get("code_number", number=str(code.channel + 1))


def _as_form(sensor: RadioSensor | None) -> dict[str, Any]:
    shown = sensor or RadioSensor()
    form: dict[str, Any] = {FIELD_IS_SENSOR: sensor is not None, FIELD_OFF_DELAY: shown.off_delay}
    if shown.device_class is not None:
        form[FIELD_DEVICE_CLASS] = shown.device_class
    if shown.off_code is not None:
        form[FIELD_OFF_CODE] = str(shown.off_code)
    return form


def _from_form(user_input: Mapping[str, Any]) -> RadioSensor | None:
    if not user_input.get(FIELD_IS_SENSOR):
        return None
    off_code = user_input.get(FIELD_OFF_CODE)
    return RadioSensor(
        device_class=user_input.get(FIELD_DEVICE_CLASS),
        off_delay=int(user_input.get(FIELD_OFF_DELAY, USUAL_DELAY)),
        off_code=None if off_code is None else int(off_code),
    )
