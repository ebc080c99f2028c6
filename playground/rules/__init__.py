"""Documented limits that the official schema does not carry; checked in every mode."""
