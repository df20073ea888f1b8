"""How much the integration costs beyond what Home Assistant itself does."""
