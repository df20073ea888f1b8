"""Constants of the eWeLink integration."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "ewelink"
MANUFACTURER: Final = "eWeLink"

# Keys of an entry's data, beside Home Assistant's own.
CONF_ACCOUNT: Final = "account"
CONF_APP_ID: Final = "app_id"
CONF_APP_SECRET: Final = "app_secret"  # noqa: S105 - the name of a field
CONF_SERVER: Final = "server"
CONF_TOKENS: Final = "tokens"

# Keys of an entry's options.
CONF_MEASURING_BUDGET: Final = "measuring_budget"
CONF_WRITE_NAMES: Final = "write_names"

# Minutes a day for which each meter may be asked for live readings, unless the user says otherwise.
MEASURING_BUDGET: Final = 60
MAX_MEASURING_BUDGET: Final = 240

# The server is found by country, is one of the regions, or is an address of one's own.
SERVER_AUTOMATIC: Final = "auto"

# Pushes carry the state; the whole list is read again this often to notice what they do not tell.
RESYNC_INTERVAL: Final = timedelta(hours=6)

# Where applications are made.
CONSOLE_URL: Final = "https://dev.ewelink.cc"
