"""What the command line of the review takes; apart from the review, so that other commands need not load it."""

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
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
