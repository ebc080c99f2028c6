"""Strict mode: all traffic of the bot compared with Discord's official OpenAPI file."""
