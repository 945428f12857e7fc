"""The activities of the demo data, as DuckDB statements: what is done for each lead, when and by whom.

A lead that is captured begins with that, one that is called goes on with a call; the rest is drawn by its habit. What
an owner's hands do is done in working hours: first after the owner's pace, then in rounds of up to three tries, until
the owner lets go. What happens by itself happens at any hour. Nothing is before its lead, or later than now.
"""

from typing import Final

ACTIVITY_TYPES: Final = "INSERT INTO activity_types SELECT code, name, name, event_type FROM kinds"

# What is written down about an activity, by code and slot (0 to 99): its Status, and a note for some.
TOLD: Final = """
    CREATE TEMP TABLE told AS
    SELECT code, told.slot, value AS status, notes[1 + told.slot % len(notes)] AS note
    FROM kinds CROSS JOIN range(100) AS told(slot)
    LEFT JOIN wheels ON wheel = code::VARCHAR AND wheels.slot = told.slot * 10
"""

ACTIVITIES: Final = """
    INSERT INTO activities
    WITH touched AS (SELECT *, unnest(range(touches)) AS touch, before + touch AS activity FROM drawn),
    typed AS (
        SELECT touched.*, CASE
            WHEN captured AND touch = 0 THEN 23
            WHEN called AND touch = captured::INTEGER
                THEN CASE WHEN chance(activity, 'called in') < 0.12 THEN 21 ELSE 22 END
            ELSE kind.value::INTEGER
        END AS code
        FROM touched
        JOIN wheels AS kind ON kind.wheel = habit AND kind.slot = draw(activity, 'kind', 1000)
    ),
    timed AS (
        SELECT typed.*, kinds.by_hand, owner.left_at, owner.manager, owner.phone AS owner_phone,
            CASE
                WHEN chance(lead, 'kept') < CASE WHEN depth BETWEEN 3 AND 5 THEN 0.5 ELSE 0.12 END THEN room
                WHEN habit = 'late' THEN least(room, 32400 * (2 + 120 * chance(lead, 'patience') ** 2))
                ELSE least(room, 32400 * (2 + 60 * chance(lead, 'patience') ** 2))
            END AS patience,
            CASE
                WHEN touch < 3 THEN -ln(1 - chance(lead, 'first call')) * owner.pace
                ELSE patience * chance(lead * 4096 + touch // 3, 'round')
            END::BIGINT + (touch % 3) * (900 + draw(activity, 'next try', 9000)) AS work,
            CASE
                WHEN code = 23 THEN least(age - 1, draw(activity, 'captured', 20))
                WHEN chance(activity, 'any time') < 0.2 THEN age * chance(activity, 'time')
                ELSE least(age, days(45)) * chance(activity, 'time') ** 2
            END::BIGINT AS passed,
            CASE WHEN by_hand THEN at_work(start + 1 + work % room) ELSE created + least(age - 1, passed) END AS done
        FROM typed
        JOIN kinds USING (code)
        LEFT JOIN people AS owner ON owner.number = typed.owner
    ),
    doing AS (
        SELECT timed.*, told.status, told.note, CASE
            WHEN NOT by_hand THEN getvariable('router')
            WHEN done > left_at OR chance(activity, 'stand-in') < 0.05 THEN coalesce(manager, owner)
            ELSE owner
        END AS doer,
        CASE WHEN told.status = 'Answered' THEN least(3600, 15 - 160 * ln(1 - chance(activity, 'talk')))::BIGINT ELSE 0
        END AS talked,
        done + CASE WHEN by_hand THEN talked + draw(activity, 'saved', 60) ELSE 0 END AS saved,
        CASE timed.code WHEN 21 THEN coalesce(timed.phone, 'Unknown') ELSE owner_phone END AS caller
        FROM timed LEFT JOIN told ON told.code = timed.code AND told.slot = draw(activity, 'told', 100)
    )
    SELECT
        guid(activity, 'activity'), prospect_id, code, moment(done), moment(least(getvariable('now'), saved)),
        doer.user_id, CASE
            WHEN code IN (21, 22)
                THEN concat('Caller{=}', caller, '{next}Duration{=}', talked, '{next}Status{=}', status)
            ELSE note
        END,
        status, doer.user_id, lead - 1
    FROM doing JOIN people AS doer ON doer.number = doing.doer
"""
