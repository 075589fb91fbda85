"""The errors and warnings of the Terraform provider."""

from collections.abc import Iterable, Sequence

from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb

Path = tuple[str | int, ...]
Diagnostics = Sequence[pb.Diagnostic]


class Problem(Exception):
    """One or more error diagnostics; the message is the provider's own."""

    def __init__(self, diagnostics: Iterable[pb.Diagnostic]) -> None:
        self.diagnostics = errors(diagnostics)
        super().__init__("\n".join(text(each) for each in self.diagnostics))


def errors(diagnostics: Iterable[pb.Diagnostic]) -> Diagnostics:
    """The errors, which make the request fail."""
    return [each for each in diagnostics if each.severity == pb.Diagnostic.ERROR]


def warnings(diagnostics: Iterable[pb.Diagnostic]) -> Diagnostics:
    """The warnings, which the user should read although the request succeeds."""
    return [each for each in diagnostics if each.severity == pb.Diagnostic.WARNING]


def text(diagnostic: pb.Diagnostic) -> str:
    """One diagnostic as one message."""
    return f"{diagnostic.summary}: {diagnostic.detail}" if diagnostic.detail else diagnostic.summary


def plain(path: pb.AttributePath) -> Path:
    """An attribute path as names and indexes."""
    steps: list[str | int] = []
    for step in path.steps:
        match step.WhichOneof("selector"):
            case "attribute_name":
                steps.append(step.attribute_name)
            case "element_key_string":
                steps.append(step.element_key_string)
            case "element_key_int":
                steps.append(step.element_key_int)
    return tuple(steps)
