"""Builds the distribution `quorate`; pyproject.toml names `workbench.release.backend` as the build backend."""
