"""The errors by which a step reports that it failed."""


class Failed(Exception):
    """The machine could not be brought to the planned state. The text gives the reason and the fix."""


class NotHealthy(Failed):
    """A step's change does not work within its deadline. The text describes the last state."""
