"""The commands `review` and `comment`; a separate module, so that other commands do not load the review."""

import argparse
from pathlib import Path

from operations.command import Command, Given
from operations.review import comment


def _arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `review`. Without --preview and --plan it runs a preview."""
    parser.add_argument(
        "--preview", metavar="FILE", help="output of `pulumi preview --json --show-sames`; - reads standard input"
    )
    parser.add_argument(
        "--plan",
        metavar="FILE",
        help="the plan that the same preview saved, which must match; without a preview it is compared with the state",
    )
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown", help="format of the report")
    parser.add_argument(
        "--allow",
        metavar="GUARD=REASON",
        action="append",
        default=[],
        help="override a guard deliberately; the reason is printed in the report",
    )


def _review(given: Given) -> int:
    # It loads the policy pack's views, which takes a third of a second; `up` and `status` do not need it.
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
        text="review what a preview does to the quorum, certificates and endpoint; fails if a guard blocks",
        arguments=_arguments,
        run=_review,
    ),
    Command(
        name="comment",
        text="write the reviews of all environments into one comment on a pull request",
        arguments=_comment_arguments,
        run=_comment,
    ),
)
