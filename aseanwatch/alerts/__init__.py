"""Alerts leave the house: targets, messages, and the notifiers that carry them (imports core only)."""
