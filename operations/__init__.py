"""Day-2 commands: `python -m operations COMMAND --stack STACK`."""
