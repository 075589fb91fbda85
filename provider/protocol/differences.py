"""A `Change` as the engine's response to a Diff."""

from pulumi.runtime.proto import provider_pb2 as pb

from provider.protocol.messages import Change, Difference

Kinds = pb.PropertyDiff
KINDS = {
    Difference.ADDED: (Kinds.ADD, Kinds.ADD_REPLACE),
    Difference.CHANGED: (Kinds.UPDATE, Kinds.UPDATE_REPLACE),
    Difference.REMOVED: (Kinds.DELETE, Kinds.DELETE_REPLACE),
    Difference.OUTSIDE: (Kinds.UPDATE, Kinds.UPDATE_REPLACE),
}


def diff_response(change: Change) -> pb.DiffResponse:
    """Whether anything changes, the changed properties, and each path with its kind of change."""
    keys = change.replacing if change.replace_keys is None else change.replace_keys
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if change.paths else pb.DiffResponse.DIFF_NONE,
        diffs=sorted({path.split(".")[0].split("[")[0] for path in change.paths}),
        replaces=list(keys),
        deleteBeforeReplace=change.delete_first and bool(change.replacing),
        hasDetailedDiff=True,
        detailedDiff={
            path: pb.PropertyDiff(
                kind=KINDS[how][path in change.replacing],
                inputDiff=change.from_inputs and how is not Difference.OUTSIDE,
            )
            for path, how in change.paths.items()
        },
    )
