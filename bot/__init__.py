"""The bot: what people can ask for, how it is carried out, and how Discord sees it."""
