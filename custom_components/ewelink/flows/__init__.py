"""The dialogs of an account and the menus of its options."""
