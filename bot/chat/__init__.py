"""Where discord.py lives: commands, buttons, wording of messages, and the courier."""
