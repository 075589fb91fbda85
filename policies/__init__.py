"""The policy pack: what must hold of a control plane, decided from the resources of any program.

Nothing here imports the plan, the documents or the components: a pack that asked the program would only learn what
the program believes. `rule.py` says what a rule is, `rules/` holds them, `views/` what they look at, `texts/` the
parsers of rendered documents, `judgement.py` runs them, and `server.py` speaks with the engine.
"""
