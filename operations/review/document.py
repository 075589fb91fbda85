"""The report as JSON, for machines."""

import json
from dataclasses import asdict

from operations.review.quorum import Moment
from operations.review.report import Report
from operations.review.verdict import verdict


def document(report: Report) -> str:
    """Return one object; `verdict` is stopped, look, safe or nothing, and `stops` holds the guards that block."""
    said = verdict(report)
    found: dict[str, object] = {
        "stack": report.stack,
        "verdict": str(said.level),
        "points": list(said.points),
        "stops": [asdict(stop) for stop in report.stops],
        "clusters": [
            {
                **asdict(members),
                "added": members.added,
                "removed": members.removed,
                "quorum": {
                    "before": _moment(course.before),
                    "worst": _moment(course.worst),
                    "after": _moment(course.after),
                },
            }
            for members, course in report.clusters
        ],
        "certificates": [asdict(one) for one in report.certificates],
        "endpoints": [asdict(one) for one in report.endpoints],
        "openings": [asdict(one) for one in report.openings],
        "restarts": [{**asdict(one), "impact": one.impact.name.lower()} for one in report.restarts],
        "protectedThatGo": report.going,
        "noLongerProtected": report.released,
        "unknowns": report.unknowns,
        "policies": None if report.findings is None else [asdict(one) for one in report.findings],
        "resources": dict(report.counts),
    }
    return json.dumps(found, indent=2) + "\n"


def _moment(moment: Moment) -> dict[str, int | str]:
    return {
        "what": moment.what,
        "members": moment.voters,
        "answering": moment.healthy,
        "quorum": moment.quorum,
        "spare": moment.spare,
    }
