"""How a step says that it could not do its work."""


class Failed(Exception):
    """The machine could not be brought to the wanted state. The text says what was seen and what to do."""


class NotHealthy(Failed):
    """What a step applied does not work within its deadline. The text says what was seen last."""
