"""The policy pack: what must hold of a control plane, decided from the resources of any program.

Nothing here imports the plan, the documents or the components: a pack that asked the program would only learn what
the program believes. `rule.py` says what a rule is, `rules/` holds them, `views/` is what they look at, `parsers/`
reads documents, `pieces.py` keeps clusters apart, `evaluation.py` runs the rules, and `server.py` talks to the engine.
"""
