"""Time zones that days are tried in: east and west, off by half hours, with clocks that change, with a day left out."""

from datetime import date
from zoneinfo import ZoneInfo

ZONES = tuple(
    map(
        ZoneInfo,
        (
            "UTC",
            "Asia/Kolkata",
            "Asia/Kathmandu",
            "America/New_York",
            "America/St_Johns",
            "America/Sao_Paulo",
            "America/Havana",
            "Europe/London",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Pacific/Kiritimati",
            "Pacific/Pago_Pago",
        ),
    )
)
CHANGES = (
    date(2026, 3, 8),  # New York, St John's: 23 hours
    date(2026, 11, 1),  # 25 hours; in Havana two midnights
    date(2026, 3, 29),  # London
    date(2026, 10, 25),
    date(2026, 4, 5),  # Lord Howe, by half an hour
    date(2018, 11, 4),  # São Paulo: there is no midnight
    date(2018, 2, 17),
    date(2011, 12, 30),  # Apia: there is no such day
)
