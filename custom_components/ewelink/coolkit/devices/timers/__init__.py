"""Timers that devices keep."""
