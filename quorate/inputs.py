"""Types of the settings, for type checkers and editors: `ClusterArgs` and one for each section, such as `AwsArgs`.

The stub file has their fields; `python -m docs.generate` writes it from the settings' own types. At run time they are
dictionaries: the plan checks every value.
"""


def __getattr__(name: str) -> type[dict[str, object]]:
    if not name.endswith("Args"):
        raise AttributeError(f"module 'quorate.inputs' has no attribute {name!r}")
    return dict
