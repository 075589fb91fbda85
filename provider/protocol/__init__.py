"""What every plugin of this project shares: the engine's values, and how a plugin is served."""
