"""What the command line of the review takes; apart from the review, so that other commands need not load it."""

import argparse
from pathlib import Path

from operations.command import Command, Given
from operations.review import comment


def _arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes. Without --preview and --plan it runs a preview."""
    parser.add_argument(
        "--preview", metavar="FILE", help="what `pulumi preview --json --show-sames` printed; - reads it"
    )
    parser.add_argument(
        "--plan",
        metavar="FILE",
        help="the plan that the same preview saved: it must say the same; alone, it is reviewed on the state",
    )
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown", help="of the report")
    parser.add_argument(
        "--allow",
        metavar="GUARD=REASON",
        action="append",
        default=[],
        help="override a guard deliberately; the reason is printed in the report",
    )


def _review(given: Given) -> int:
    # With the policy pack's views it takes a third of a second to load; `up` and `status` need not wait for it.
    from operations.review.gate import review  # noqa: PLC0415

    return review(given)


def _comment_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pull", type=int, help="number of the pull request; without it the comment is printed")
    parser.add_argument("--reviews", default=".quorate/review", help="folder with a review.md for each environment")


def _comment(given: Given) -> None:
    text = comment.text(Path(given.reviews))
    print(comment.post(text, number=given.pull) if given.pull else text)


COMMANDS = (
    Command(
        name="review",
        text="what a preview does to quorum, certificates, endpoint; fails when a guard speaks",
        arguments=_arguments,
        run=_review,
    ),
    Command(
        name="comment",
        text="write the reviews of all environments into one comment of a pull request",
        arguments=_comment_arguments,
        run=_comment,
    ),
)
