"""How often something runs: systemd timers and cron."""

import re
from collections.abc import Iterator

# systemd.time(7): hours of each unit; a number without a unit is seconds.
_UNITS = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1 / 3600),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 1 / 60),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 1.0),
    **dict.fromkeys(("d", "day", "days"), 24.0),
    **dict.fromkeys(("w", "week", "weeks"), 168.0),
}
_CALENDAR = {"minutely": 1 / 60, "hourly": 1.0, "daily": 24.0, "weekly": 168.0, "monthly": 720.0, "yearly": 8760.0}
PERIODS = {word: _CALENDAR[word] for word in ("hourly", "daily", "weekly", "monthly")}  # directories of cron
_SPAN = re.compile(r"([0-9]{1,9})[ \t]?([a-z]*)")
_TIMER = re.compile(r"(OnCalendar|OnUnitActiveSec|OnUnitInactiveSec)[ \t]*=[ \t]*(\S[^\n]{0,100})")
_FIELD = r"(?:[0-9*/,-]+|[A-Za-z]{3})"
_CRON = re.compile(rf"(?:(?:{_FIELD})[ \t]+){{4}}{_FIELD}[ \t]")
_NAMES = re.compile(r"@(hourly|daily|midnight|weekly|monthly|yearly|annually)[ \t]")
_LINE = 400  # characters at the start of a line that are searched for a schedule


def intervals(text: str) -> Iterator[float]:
    """Hours between two runs, for every schedule in a timer or a crontab."""
    for line in text.splitlines():
        head = line[:_LINE].strip()
        if timer := _TIMER.match(head):
            yield interval(timer[1], timer[2].strip())
        elif named := _NAMES.match(head):
            word = "daily" if named[1] == "midnight" else named[1]
            yield _CALENDAR.get(word, _CALENDAR["yearly"])
        elif found := _CRON.match(head):
            yield _cron(found[0].split())


def interval(key: str, value: str) -> float:
    """Hours between two runs of a systemd timer (systemd.time(7)); daily for a calendar with a fixed time of day."""
    if key != "OnCalendar":
        return sum(float(number) * _UNITS.get(unit, 0.0) for number, unit in _SPAN.findall(value[:_LINE]))
    for word, hours in _CALENDAR.items():
        if value.startswith(word):
            return hours
    clock = next((part for part in value.split() if ":" in part), "")
    hour, _, minute = clock.partition(":")
    if not clock:
        return _CALENDAR["weekly"] if value[:1].isalpha() else _CALENDAR["daily"]
    if (
        re.match(r"[A-Z][a-z]{2}", value)
        and ".." not in value.split(maxsplit=1)[0]
        and "," not in value.split(maxsplit=1)[0]
    ):
        return _CALENDAR["weekly"]
    return _times(hour, minute.partition(":")[0])


def _cron(fields: list[str]) -> float:
    minute, hour, day, month, week = fields[:5]
    if month != "*" or day not in ("*", "*/1"):
        return _CALENDAR["monthly"]
    if week not in ("*", "0-6", "0-7", "1-7"):
        return _CALENDAR["weekly"] if week.isalnum() else _CALENDAR["daily"]
    return _times(hour, minute)


def _times(hour: str, minute: str) -> float:
    """Hours between two runs on one day, from the fields of a cron line or a calendar."""
    if (step := re.match(r"(?:\*|[0-9]{1,2}(?:-[0-9]{1,2}|\.\.[0-9]{1,2})?)/([0-9]{1,2})", hour)) and int(step[1]):
        return float(step[1])
    if hour == "*":
        every = re.match(r"(?:\*|[0-9]{1,2})/([0-9]{1,2})", minute)
        return int(every[1]) / 60 if every and int(every[1]) else 1.0
    return 24.0 / max(1, hour.count(",") + 1)
