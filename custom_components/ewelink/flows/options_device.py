"""Menus of the options for devices: add one to the account, remove one from it, rename."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
import probatio

from ..coolkit import (
    CoolKitError,
    Device,
    DeviceRefusedError,
    Feature,
    InvalidInputError,
    NameRequiredError,
    NotOwnerError,
    capabilities_of,
    is_gateway,
    may_be_gateway,
)
from ..errors import added_already
from ..markdown import Markdown
from ..texts import listed
from .dialogs import Ended
from .forms import FIELD_DEVICE_KEY, KEY, TEXT, Fields, FormError, choice, form_error, nothing_chosen, one_of
from .options_base import FIELD_DEVICE, FIELD_NAME, OptionsSteps, needs

FIELD_CHIP_ID: Final = "chip_id"
FIELD_DEVICE_ID: Final = "device_id"
FIELD_GATEWAY: Final = "gateway"
FIELD_PART: Final = "part"
FIELD_SUB_DEVICE_ID: Final = "sub_device_id"

# What stands for the device itself among its channels.
_WHOLE: Final = "device"


class DeviceSteps(OptionsSteps):
    """What the owner of devices does with them."""

    def __init__(self) -> None:
        """Begin with no channel chosen."""
        super().__init__()
        self._outlet: int | None = None

    # Add

    @needs(Feature.DEVICE_MANAGEMENT)
    async def async_step_add_device(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 - a menu takes no input
    ) -> ConfigFlowResult:
        """Ask which kind of device it is."""
        return self._show_menu(
            "add_device",
            ["add_wifi_device", "add_child_device", "add_gsm_device", "init"],
            account=self.coordinator.config_entry.title,
        )

    async def async_step_add_wifi_device(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a device that reaches the cloud by itself."""
        client = self.coordinator.client
        return await self._async_add_by_key(
            "add_wifi_device",
            user_input,
            lambda typed, key: client.management.add_device(
                device_id=typed[FIELD_DEVICE_ID].strip(),
                apikey=key,
                name=typed[FIELD_NAME],
                chip_id=typed.get(FIELD_CHIP_ID, "").strip() or None,
            ),
            {probatio.Optional(FIELD_CHIP_ID): TEXT},
        )

    async def async_step_add_gsm_device(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a device that reaches the cloud through a mobile network."""
        client = self.coordinator.client
        return await self._async_add_by_key(
            "add_gsm_device",
            user_input,
            lambda typed, key: client.management.add_gsm_device(
                device_id=typed[FIELD_DEVICE_ID].strip(), apikey=key, name=typed[FIELD_NAME]
            ),
            {},
        )

    async def _async_add_by_key(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        add: Callable[[dict[str, Any], str], Awaitable[Device]],
        more_fields: Fields,
    ) -> ConfigFlowResult:
        """Ask for a device by its id and key, and add it."""
        error: FormError | None = None
        if user_input is None:
            self._begin()
        else:
            self._remember(user_input)
            if key := self._secrets.get(FIELD_DEVICE_KEY, "").strip():
                try:
                    device = await add(user_input, key)
                except CoolKitError as err:
                    error = self._refused(err, FIELD_DEVICE_ID, user_input)
                else:
                    return await self._async_back("add_device", "device_added", device=device.name)
            else:
                error = FormError(key="key_required", where=FIELD_DEVICE_KEY)
        fields = {
            probatio.Required(FIELD_DEVICE_ID): TEXT,
            **self._secret_field(FIELD_DEVICE_KEY, KEY),
            probatio.Required(FIELD_NAME): TEXT,
            **more_fields,
        }
        return self._show_form(step_id, fields, error)

    async def async_step_add_child_device(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a device that is heard through a gateway of the account."""
        error: FormError | None = None
        gateways = self._gateways()
        if user_input is None:
            first = self._device(gateways[0][0])
            # What may be one only as far as is known is not proposed.
            likely = is_gateway(first) or bool(self._children(first))
            self._begin(**({FIELD_GATEWAY: first.device_id} if likely else {}))
        else:
            self._remember(user_input)
            device = await self._async_add_child(user_input)
            if isinstance(device, Device):
                return await self._async_back("add_device", "device_added", device=device.name)
            error = device
        fields = {
            **one_of(FIELD_GATEWAY, gateways),
            probatio.Required(FIELD_SUB_DEVICE_ID): TEXT,
            probatio.Required(FIELD_NAME): TEXT,
            probatio.Optional(FIELD_DEVICE_KEY): KEY,
        }
        hint = self._texts.markdown("keep_typed" if FIELD_DEVICE_KEY in self._secrets else "keep_told")
        return self._show_form("add_child_device", fields, error, device_key_hint=hint)

    async def _async_add_child(self, user_input: dict[str, Any]) -> Device | FormError:
        """Add what was entered; return it, or what is wrong."""
        if not (gateway_id := user_input.get(FIELD_GATEWAY)):
            return nothing_chosen(FIELD_GATEWAY)
        gateway = self._device(gateway_id)
        if not (key := self._secrets.get(FIELD_DEVICE_KEY, "").strip() or gateway.device_key):
            return FormError(key="device_key_required", where=FIELD_DEVICE_KEY)
        try:
            return await self.coordinator.client.management.add_device(
                device_id=gateway.device_id,
                apikey=key,
                name=user_input[FIELD_NAME],
                sub_device_id=user_input[FIELD_SUB_DEVICE_ID].strip(),
            )
        except CoolKitError as err:
            return self._refused(err, FIELD_SUB_DEVICE_ID, user_input)

    def _refused(self, err: CoolKitError, id_field: str, user_input: dict[str, Any]) -> FormError:
        """Return why a device was not added, which the account may have already."""
        known = added_already(err, self.coordinator.client, user_input[id_field].strip())
        if known is not None:
            return FormError("device_already_added", id_field, {"device": self._label(known)})
        return form_error(err, error_fields={DeviceRefusedError: id_field, NameRequiredError: FIELD_NAME})

    def _gateways(self) -> list[tuple[str, str]]:
        """Return the devices that may have children, the likeliest first; there has to be one."""
        parents = {device.parent_id for device in self.coordinator.client.devices.values()}
        ranks = {
            device.device_id: (device.device_id not in parents, not is_gateway(device))
            for device in self._own_devices()
            if device.device_id in parents or may_be_gateway(device)
        }
        if not ranks:
            raise Ended("no_gateways")
        return sorted(self._by_name(map(self._device, ranks)), key=lambda item: ranks[item[0]])

    # Remove

    @needs(Feature.DEVICE_MANAGEMENT)
    async def async_step_remove_device(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which device is to leave the account."""
        if user_input is None:
            self._begin()
        elif device_id := user_input.get(FIELD_DEVICE):
            self._device_id = device_id
            return await self.async_step_remove_device_confirm()
        return self._show_devices("remove_device", user_input)

    async def async_step_remove_device_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what follows, then take the device from the account."""
        error: FormError | None = None
        device = self._device(self._device_id)
        name = self._label(device)
        children = self._children(device)
        if user_input is not None:
            try:
                await self.coordinator.client.management.delete_device(device.device_id)
            except CoolKitError as err:
                error = form_error(err, device)
            else:
                return await self._async_back("init", "device_removed", device=name)
        return self._show_form(
            "remove_device_confirm", {}, error, device=name, children=self._said_of(children)
        )

    def _said_of(self, children: list[Device]) -> Markdown:
        """Say which devices a gateway takes along; nothing if there are none."""
        if not children:
            return Markdown()
        return self._texts.markdown("children", devices=listed(map(self._label, children)))

    def _children(self, device: Device) -> list[Device]:
        """Return the devices that are heard through a gateway."""
        devices = self.coordinator.client.devices.values()
        return [child for child in devices if child.parent_id == device.device_id]

    # Rename

    @needs(Feature.DEVICE_MANAGEMENT)
    async def async_step_rename(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what is to have another name in eWeLink."""
        if user_input is None:
            self._begin()
        elif device_id := user_input.get(FIELD_DEVICE):
            self._device_id = device_id
            self._outlet = None
            if self._outlets():
                return await self.async_step_rename_part()
            return await self.async_step_rename_name()
        return self._show_devices("rename", user_input)

    async def async_step_rename_part(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether it is the device or one of its channels."""
        device = self._device(self._device_id)
        if user_input is not None:
            part = user_input[FIELD_PART]
            self._outlet = None if part == _WHOLE else int(part)
            return await self.async_step_rename_name()
        channels = [(str(outlet), self._channel_label(device, outlet)) for outlet in self._outlets()]
        self._begin(**{FIELD_PART: _WHOLE})
        fields: Fields = {probatio.Required(FIELD_PART): choice([(_WHOLE, device.name), *channels])}
        return self._show_form("rename_part", fields, device=self._label(device))

    async def async_step_rename_name(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the new name, and give it."""
        error: FormError | None = None
        client = self.coordinator.client
        device, outlet = self._device(self._device_id), self._outlet
        present = device.name if outlet is None else device.channel_names.get(outlet, "")
        if user_input is None:
            self._begin(**{FIELD_NAME: present})
        else:
            self._remember(user_input)
            name = user_input[FIELD_NAME].strip()
            if name in {self._shown[FIELD_NAME], present}:
                return await self._async_back("init", "name_unchanged", name=present)
            try:
                if outlet is None:
                    await client.management.rename_device(device.device_id, name)
                else:
                    await client.management.rename_channel(device.device_id, outlet, name)
            except CoolKitError as err:
                error_fields = {InvalidInputError: FIELD_NAME, NotOwnerError: FIELD_NAME}
                error = form_error(err, device, error_fields)
            else:
                return await self._async_back("init", "renamed", name=name)
        part = device.name if outlet is None else f"{device.name} · {self._channel_label(device, outlet)}"
        return self._show_form("rename_name", {probatio.Required(FIELD_NAME): TEXT}, error, device=part)

    def _outlets(self) -> list[int]:
        """Return the channels of the chosen device."""
        capabilities = capabilities_of(self._device(self._device_id))
        return sorted({one.outlet for one in capabilities if one.outlet is not None})

    def _channel_label(self, device: Device, outlet: int) -> str:
        return f"{outlet + 1}: {self.coordinator.channel_name(device, outlet)}"

    @callback
    def _show_devices(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Show the account's own devices; of the others it is said whose they are."""
        error = None if user_input is None else nothing_chosen(FIELD_DEVICE)
        fields = one_of(FIELD_DEVICE, self._by_name(self._own_devices()))
        return self._show_form(step_id, fields, error, shared=self._shared_devices())
