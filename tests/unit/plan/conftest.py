"""Property tests promise results, not times: the machine may be busy."""

from hypothesis import settings

settings.register_profile("plan", deadline=None, max_examples=60)
settings.load_profile("plan")
