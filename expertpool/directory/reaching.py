"""How the database keeps reach and tallies: in the transaction that changes experts, whoever changes them."""

LEVELS = (1, 3, 5, 7, 16)
"""So many characters of a profession's code name a level of the tree; the last stands for the whole of it."""

_FACTS = "(came.specialties, came.region, came.employer, came.state, came.available, came.title)"
_CHANGED = f"{_FACTS} IS DISTINCT FROM {_FACTS.replace('came', 'gone')}"
_ROWS = {
    "insert": "SELECT 1 AS sign, came.* FROM came",
    "delete": "SELECT -1 AS sign, gone.* FROM gone",
    "update": (
        f"SELECT 1 AS sign, came.* FROM came JOIN gone USING (id) WHERE {_CHANGED} UNION ALL "
        f"SELECT -1 AS sign, gone.* FROM came JOIN gone USING (id) WHERE {_CHANGED}"
    ),
}
_TABLES = {
    "insert": "NEW TABLE AS came",
    "delete": "OLD TABLE AS gone",
    "update": "NEW TABLE AS came OLD TABLE AS gone",
}

PROFESSIONS = f"""
CREATE OR REPLACE FUNCTION reaching(specialties text[]) RETURNS SETOF text
LANGUAGE sql IMMUTABLE AS $$
SELECT DISTINCT left(one, level) FROM unnest(specialties) one, unnest(ARRAY[{", ".join(map(str, LEVELS))}]) level
$$"""


def _function(verb: str) -> str:
    """Regions above the actor's own are counted too, so for this while the transaction is not confined to one."""
    return f"""
CREATE OR REPLACE FUNCTION reach_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE confined text := coalesce(current_setting('openhall.region', true), '');
BEGIN
PERFORM set_config('openhall.region', '', true);
DELETE FROM expert_reach kept USING ({_ROWS[verb]}) one
WHERE one.sign < 0 AND kept.expert = one.id;
INSERT INTO expert_reach (profession, region, expert, state, available, title)
SELECT profession, one.region, one.id, one.state, one.available, one.title
FROM ({_ROWS[verb]}) one, reaching(one.specialties::text[]) profession WHERE one.sign > 0;
WITH changes AS (
    SELECT profession, left(one.region, digits) AS region, coalesce(one.employer, one.id) AS body, sum(sign) AS experts
    FROM ({_ROWS[verb]}) one, reaching(one.specialties::text[]) profession, unnest(ARRAY[2, 4, 6]) digits
    WHERE one.available AND one.state = 'active' AND length(profession) > 1
    GROUP BY 1, 2, 3 HAVING sum(sign) <> 0
), tallied AS (
    INSERT INTO reach_tallies AS kept (profession, region, body, experts)
    SELECT profession, region, body, experts FROM changes ORDER BY 1, 2, 3
    ON CONFLICT (profession, region, body) DO UPDATE SET experts = kept.experts + excluded.experts
    RETURNING kept.profession, kept.region, kept.body, kept.experts
)
INSERT INTO reach_totals AS kept (profession, region, experts, bodies)
SELECT profession, region, sum(changes.experts),
    count(*) FILTER (WHERE tallied.experts = changes.experts) - count(*) FILTER (WHERE tallied.experts = 0)
FROM tallied JOIN changes USING (profession, region, body) GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (profession, region) DO UPDATE
SET experts = kept.experts + excluded.experts, bodies = kept.bodies + excluded.bodies;
PERFORM set_config('openhall.region', confined, true);
RETURN NULL;
END $$"""


REBUILDING = (
    "TRUNCATE expert_reach, reach_tallies, reach_totals",
    """
INSERT INTO expert_reach (profession, region, expert, state, available, title)
SELECT profession, one.region, one.id, one.state, one.available, one.title
FROM experts one, reaching(one.specialties::text[]) profession ORDER BY 1, 2, 3""",
    """
INSERT INTO reach_tallies (profession, region, body, experts)
SELECT profession, left(one.region, digits), coalesce(one.employer, one.id), count(*)
FROM experts one, reaching(one.specialties::text[]) profession, unnest(ARRAY[2, 4, 6]) digits
WHERE one.available AND one.state = 'active' AND length(profession) > 1 GROUP BY 1, 2, 3""",
    """
INSERT INTO reach_totals (profession, region, experts, bodies)
SELECT profession, region, sum(experts), count(*) FROM reach_tallies GROUP BY 1, 2""",
)
"""The same from nothing, of everybody: for who fills `experts` with its triggers turned off."""

REACHING = (
    PROFESSIONS,
    *(
        statement
        for verb in _ROWS
        for statement in (
            _function(verb),
            f"CREATE TRIGGER reach_{verb} AFTER {verb.upper()} ON experts REFERENCING {_TABLES[verb]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION reach_{verb}()",
        )
    ),
)
"""What keeps `expert_reach`, `reach_tallies` and `reach_totals`: also a part of their migration."""
