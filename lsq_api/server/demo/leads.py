"""The leads of the demo data, as DuckDB statements: when they came in, whose they are, how they are treated.

Read from top to bottom: arrivals → assigned → treated → drawn → leads. A number is spread over weights by rounding the
running share, so that the total is met exactly. Integer weights make it the same on any number of threads.
"""

from typing import Final

# Hours back from now, over eighteen months: more leads lately, fewer on Sundays and at night, always a few just now.
ARRIVALS: Final = """
    CREATE TEMP TABLE arrivals AS
    WITH hours AS (
        SELECT hour, getvariable('now') - (hour + 1) * 3600 AS opens, indian(opens + 1800) AS local, (
            1000 * (1 - 0.6 * hour / 12960) * (0.7 + 0.6 * chance(local // 86400, 'day'))
            * [1.2, 1.1, 1.0, 1.0, 1.05, 0.8, 0.4][1 + local % 604800 // 86400]
            * [2, 1, 1, 1, 1, 2, 4, 7, 10, 14, 18, 19, 18, 16, 16, 17, 18, 18, 17, 16, 14, 11, 7, 4][
                1 + local % 86400 // 3600
            ]
        )::BIGINT AS usual
        FROM range(540 * 24) AS span(hour)
    ),
    weighed AS (
        SELECT *, CASE hour WHEN 0 THEN greatest(usual, sum(usual) OVER () * 6 // 10000) ELSE usual END AS weight
        FROM hours
    ),
    summed AS (
        SELECT *, sum(weight) OVER (ORDER BY hour DESC) AS running, sum(weight) OVER () AS total FROM weighed
    ),
    counted AS (
        SELECT opens, part(getvariable('leads'), running - weight, total) AS before,
            part(getvariable('leads'), running, total) AS upto
        FROM summed
    )
    SELECT lead,
        opens + floor((lead - before - 1 + chance(lead, 'second')) * 3600 / (upto - before))::BIGINT AS created
    FROM counted, range(before + 1, upto + 1) AS new(lead)
"""

# An owner of the place's team, mostly. New leads wait with the router at times, and a few old ones are still there.
ASSIGNED: Final = """
    CREATE TEMP TABLE assigned AS
    WITH placed AS (
        SELECT lead, created, places.place, source.value AS source, product.value AS product,
            CASE WHEN chance(lead, 'from there') < 0.75 THEN coalesce(places.origin, origin.value) ELSE origin.value
            END AS origin,
            CASE WHEN chance(lead, 'local') < 0.8 THEN places.team ELSE draw(lead, 'any team', 6) END AS team
        FROM arrivals
        JOIN wheels AS here ON here.wheel = 'place' AND here.slot = draw(lead, 'place', 1000)
        JOIN places ON places.place = here.value::INTEGER
        JOIN wheels AS source ON source.wheel = 'source' AND source.slot = draw(lead, 'source', 1000)
        JOIN wheels AS origin ON origin.wheel = 'origin' AND origin.slot = draw(lead, 'origin', 1000)
        JOIN wheels AS product ON product.wheel = 'product' AND product.slot = draw(lead, 'product', 1000)
    )
    SELECT lead, created, place, source, origin, product, CASE
        WHEN chance(lead, 'nobody') < 0.004 THEN NULL
        WHEN chance(lead, 'pool') < CASE WHEN getvariable('now') - created < days(12) THEN 0.3 ELSE 0.012 END
            THEN getvariable('router')
        WHEN created > owner.left_at THEN owner.heir
        ELSE owner.number
    END AS owner
    FROM placed
    JOIN wheels AS given ON given.wheel = 'team ' || team AND given.slot = draw(lead, 'owner', 1000)
    JOIN people AS owner ON owner.number = given.value::INTEGER
"""

# Whether anybody ever calls, how far the sale came, and what is done for the lead. `room` is the number of working
# seconds there were for it: without any, nobody can have called.
TREATED: Final = """
    CREATE TEMP TABLE treated AS
    WITH waiting AS (
        SELECT assigned.*, getvariable('now') - created AS age, worked(created) AS start,
            worked(getvariable('now')) - start - 1 AS room,
            owner.number IS NOT NULL AND owner.number <> getvariable('router') AND room >= 600 AS callable,
            least(0.97, owner.neglect * source.neglect) AS neglect
        FROM assigned
        JOIN sources AS source USING (source)
        LEFT JOIN people AS owner ON owner.number = assigned.owner
    ),
    called AS (
        SELECT *, callable AND chance(lead, 'called') < (1 - neglect) * CASE
            WHEN age < days(1) THEN 0.35 WHEN age < days(3) THEN 0.6 WHEN age < days(7) THEN 0.85 ELSE 1
        END AS called
        FROM waiting
    ),
    staged AS (
        SELECT called.*, stages.stage, stages.depth,
            chance(lead, 'captured') < CASE WHEN called THEN 0.97 ELSE 0.9 END AS captured
        FROM called
        JOIN wheels ON wheels.slot = draw(lead, 'stage', 1000) AND wheels.wheel = CASE
            WHEN NOT called THEN 'not called' WHEN age < days(7) THEN 'days' WHEN age < days(45) THEN 'weeks'
            ELSE 'months'
        END
        JOIN stages ON stages.stage = wheels.value
    )
    SELECT * EXCLUDE (callable, neglect),
        CASE
            WHEN called THEN CASE WHEN depth >= 3 THEN 'late' ELSE 'early' END
            WHEN callable AND chance(lead, 'habit') < 0.5 THEN 'quiet'
            ELSE 'web'
        END AS habit,
        captured::BIGINT + called::BIGINT AS least_effort,
        CASE
            WHEN called THEN (100 * (2 + 2 * depth) * (0.3 + 2 * chance(lead, 'effort') ** 3)
                * least(1, 0.15 + age / days(30)))::BIGINT
            WHEN captured AND chance(lead, 'interest') < 0.8
                THEN (100 * (1 + draw(lead, 'interested', 4)) * least(1, 0.25 + age / days(10)))::BIGINT
            ELSE 0
        END AS more_effort
    FROM staged
"""

# How many activities each lead has: first what it must have, then the rest by effort.
DRAWN: Final = """
    CREATE TEMP TABLE drawn AS
    WITH totals AS (
        SELECT greatest(1, sum(least_effort)) AS least_total, sum(more_effort) = 0 AS no_more,
            CASE WHEN no_more THEN count(*) ELSE sum(more_effort) END AS more_total,
            least(getvariable('activities'), sum(least_effort)) AS needed
        FROM treated
    ),
    spread AS (
        SELECT treated.*, part(needed, sum(least_effort) OVER (ORDER BY lead), least_total) + part(
            getvariable('activities') - needed,
            sum(CASE WHEN no_more THEN 1 ELSE more_effort END) OVER (ORDER BY lead), more_total
        ) AS upto
        FROM treated, totals
    )
    SELECT * EXCLUDE (upto, least_effort, more_effort), lag(upto, 1, 0) OVER (ORDER BY lead) AS before,
        upto - before AS touches, guid(lead, 'lead') AS prospect_id,
        CASE WHEN chance(lead, 'phone') < 0.98
            THEN places.dial || lpad(draw(lead, 'number', 10 ** places.digits)::VARCHAR, places.digits, '0')
        END AS phone
    FROM spread JOIN places USING (place)
"""

LEADS: Final = """
    CREATE TEMP TABLE leads AS
    SELECT
        prospect_id AS "ProspectID", 100000 + lead AS "ProspectAutoId",
        given.name AS "FirstName", family.name AS "LastName",
        CASE WHEN chance(lead, 'mail') < 0.93 THEN concat_ws('.',
            coalesce(nullif(given.mail, ''), 'lead'), nullif(family.mail, ''), lead
        ) || ['@example.com', '@example.org', '@example.net', '@mail.example'][1 + draw(lead, 'host', 4)]
        END AS "EmailAddress",
        drawn.phone AS "Phone",
        CASE WHEN chance(lead, 'employed') < 0.2 THEN company.value END AS "Company",
        stage AS "ProspectStage",
        CASE WHEN chance(lead, 'source known') < 0.985 THEN source END AS "Source",
        CASE WHEN chance(lead, 'campaign known') < 0.8 AND chance(lead, 'source known') < 0.985
            THEN campaign.value END AS "SourceCampaign",
        owner.user_id AS "OwnerId",
        moment(created) AS "CreatedOn",
        moment(created + floor(age * CASE
            WHEN NOT called AND chance(lead, 'edited') < 0.6 THEN 0 ELSE chance(lead, 'modified') ** 2
        END)::BIGINT) AS "ModifiedOn",
        CASE WHEN chance(lead, 'scored') < 0.98 THEN
            draw(lead, 'engagement', 18) + CASE WHEN called THEN 14 + 9 * depth ELSE 0 END + least(touches, 12)
        END AS "EngagementScore",
        2 * touches + 5 * depth + draw(lead, 'score', 10) AS "Score",
        (chance(lead, 'do not call') < 0.015)::INTEGER::VARCHAR AS "DoNotCall",
        places.city AS "mx_City", places.state AS "mx_State", places.country AS "mx_Country", product AS "mx_Product",
        CASE WHEN chance(lead, 'budget known') < 0.65
            THEN (budget * (0.5 + chance(lead, 'budget')) / 1000)::BIGINT * 1000 END AS "mx_Budget",
        CASE WHEN chance(lead, 'language known') < 0.8 THEN
            CASE WHEN chance(lead, 'English') < 0.3 THEN 'English' ELSE places.language END
        END AS "mx_Preferred_Language",
        CASE
            WHEN depth BETWEEN 3 AND 5 THEN moment(
                greatest(created, getvariable('now') + days(draw(lead, 'close', 110) - 20)))::DATE
            WHEN depth = 6 THEN moment(created + floor(age * chance(lead, 'closed'))::BIGINT)::DATE
        END AS "mx_Expected_Close"
    FROM drawn
    JOIN names AS given
        ON given.part = 'given' AND given.origin = drawn.origin AND given.slot = draw(lead, 'given', 40)
    LEFT JOIN names AS family
        ON family.part = 'family' AND family.origin = drawn.origin AND family.slot = draw(lead, 'family', 40)
        AND chance(lead, 'family name') < 0.96
    JOIN places USING (place)
    JOIN products USING (product)
    JOIN wheels AS company ON company.wheel = 'company' AND company.slot = draw(lead, 'company', 1000)
    LEFT JOIN wheels AS campaign ON campaign.wheel = source AND campaign.slot = draw(lead, 'campaign', 1000)
    LEFT JOIN people AS owner ON owner.number = drawn.owner
    ORDER BY lead
"""

STEPS: Final = (ARRIVALS, ASSIGNED, TREATED, DRAWN, LEADS)
