"""Notes of activities as people read them. Pure.

Source: section 6 of the wire notes: a phone call's note is `Key{=}Value{next}…`.
"""

from lsq_api.contract.lookups import Activity

SHOWN = 280
"""Characters of a note that are shown at once."""
_NEXT, _IS = "{next}", "{=}"


def readable(activity: Activity) -> str:
    """What an activity says beside its type: its status and its note, on lines of their own where it has several."""
    note = activity.note.strip()
    if _IS not in note:
        return "\n".join(part for part in (activity.status, note) if part)
    said = dict(_pair(piece) for piece in note.split(_NEXT) if piece.strip())
    status = {"Status": activity.status} if activity.status else {}
    return " · ".join(f"{key}: {value}" if key else value for key, value in {**said, **status}.items() if value)


def _pair(piece: str) -> tuple[str, str]:
    key, is_, value = piece.partition(_IS)
    key, value = (key.strip(), value.strip()) if is_ else ("", key.strip())
    return key, _duration(value) if key.lower() == "duration" else value


def _duration(seconds: str) -> str:
    """`192` as `3 min 12 s`; anything else as it is."""
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 8):
        return seconds
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
