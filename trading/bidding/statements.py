"""The SQL of starting and accepting a bid: which rows are read, and which are locked, in which order."""

from infra.kernel.events import Event
from trading.bidding.states import BidState
from trading.sections.states import SectionState

LOCK_SECTION = """
SELECT section.region, section.state, section.deadline, section.parts, section.joint, section.two_envelope,
       body.credit_code,
       key.id AS key, key.revoked_at, clock_timestamp() AS now,
       section.invited_by IS NULL OR EXISTS (
           SELECT FROM invited_bidders AS one WHERE one.section = section.id AND one.bidder = body.id
       ) AS admitted
FROM sections AS section
JOIN organisations AS body ON body.id = $2
LEFT JOIN signing_keys AS key ON key.organisation = body.id AND key.certificate = $3
WHERE section.id = $1
FOR SHARE OF section FOR NO KEY UPDATE OF body
"""

START = f"""
WITH known AS (
    SELECT id, state FROM bids
    WHERE bidder = $3::text AND section = $2::text AND digest = $5::bytea
        AND second_digest IS NOT DISTINCT FROM $19::bytea
        AND state IN ('{BidState.STARTED}', '{BidState.SUBMITTED}')
), made AS (
    INSERT INTO bids (id, section, region, bidder, state, manifest, digest, signature, certificate, started_at,
                      second_manifest, second_digest, second_signature)
    SELECT $1, $2::text, $4::text, $3::text, '{BidState.STARTED}', $6, $5::bytea, $7, $8, $9,
           $18::text, $19::bytea, $20::bytea
    WHERE NOT EXISTS (SELECT FROM known)
    RETURNING id, state
), parts AS (
    INSERT INTO bid_parts (bid, part, size, root, "commit")
    SELECT made.id, listed.*
    FROM made, unnest($10::text[], $11::bigint[], $12::bytea[], $13::bytea[]) AS listed
), line AS (
    INSERT INTO journal (event, actor, role, address, subject, region, facts)
    SELECT '{Event.BID_STARTED}', $14, $15, $16, made.id, $4::text, '{{}}' FROM made
)
SELECT said.*, clock_timestamp() AS now, (SELECT revoked_at FROM signing_keys WHERE id = $17) AS revoked_at
FROM (SELECT id, state, false AS made FROM known UNION ALL SELECT id, state, true FROM made) AS said
"""

BLOCKS = "SELECT part, number FROM bid_blocks WHERE bid = $1"

# Whether another bid stands is found among the bidder's bids: found among those that stand in the section it would take
# the longer, the more bidders have handed in.
READ_BIDS = f"""
SELECT bid.id, bid.bidder, bid.section, bid.state, bid.manifest, bid.digest, bid.signature, bid.certificate,
       bid.submitted_at, bid.second_manifest, bid.second_digest, bid.second_signature,
       section.region, section.state AS section_state, section.deadline, section.bidder_factor, body.credit_code,
       CASE WHEN keyset.published_at IS NOT NULL THEN keyset.document END AS keyset,
       CASE WHEN bid.second_digest IS NOT NULL
           THEN (SELECT document FROM keysets WHERE id = section.second_keyset AND published_at IS NOT NULL)
       END AS second_keyset,
       key.id AS key, key.revoked_at, clock_timestamp() AS now,
       EXISTS (SELECT FROM bid_rehearsals AS known WHERE known.bidder = bid.bidder AND known.digest = bid.digest)
           AS rehearsed,
       others.replaces, own.*, there.*
FROM unnest($1::text[], $2::text[]) AS asked (bid, body)
JOIN bids AS bid ON bid.id = asked.bid AND bid.bidder = asked.body
JOIN sections AS section ON section.id = bid.section
LEFT JOIN keysets AS keyset ON keyset.id = section.keyset
JOIN organisations AS body ON body.id = bid.bidder
LEFT JOIN signing_keys AS key ON key.organisation = bid.bidder AND key.certificate = bid.certificate
CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(section = bid.section AND state = '{BidState.SUBMITTED}'), false) AS replaces
    FROM bids AS standing WHERE standing.bidder = bid.bidder
) AS others
CROSS JOIN LATERAL (
    SELECT array_agg(part) AS parts, array_agg(size) AS sizes, array_agg(root) AS roots, array_agg(header) AS headers
    FROM (SELECT part, size, root, header FROM bid_parts WHERE bid_parts.bid = bid.id ORDER BY part) AS one
) AS own
CROSS JOIN LATERAL (
    SELECT array_agg(part) AS block_parts, array_agg(number) AS block_numbers, array_agg(leaf) AS leaves
    FROM (SELECT part, number, leaf FROM bid_blocks WHERE bid_blocks.bid = bid.id ORDER BY part, number) AS one
) AS there
"""

# Each row by a value of its own: a lock needs the right to change, and past that policy PostgreSQL joins by no index.
LOCK_BID = """
SELECT bid.state, bid.submitted_at, section.state AS section_state, section.deadline, key.revoked_at
FROM bids AS bid
JOIN sections AS section ON section.id = bid.section
JOIN organisations AS body ON body.id = $3
JOIN signing_keys AS key ON key.id = $2
WHERE bid.id = $1 AND bid.bidder = $3
FOR SHARE OF section FOR NO KEY UPDATE OF body FOR UPDATE OF bid FOR SHARE OF key
"""

# Bids of one section and of as many bidders, each its bidder's only one to stand. The section is waited for, and nothing
# else: a bid of which somebody else holds a lock is left out, so that none is late because another one had to wait. The
# clock is read when all the locks are held.
ACCEPT_TOGETHER = f"""
WITH asked AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::text[], $9::bytea[], $10::bytea[])
        AS asked (bid, key, body, actor, role, address, facts, salt, link_salt)
), locked AS MATERIALIZED (
    SELECT bid.id, bid.bidder, bid.state, bid.submitted_at, section.state AS section_state, section.deadline,
           section.region, key.revoked_at
    FROM sections AS section
    JOIN bids AS bid ON bid.id = ANY($2::text[])
    JOIN organisations AS body ON body.id = ANY($4::text[]) AND body.id = bid.bidder
    JOIN signing_keys AS key ON key.id = ANY($3::text[])
    JOIN asked ON asked.bid = bid.id AND asked.body = body.id AND asked.key = key.id
    WHERE section.id = $1 AND bid.section = $1
    FOR SHARE OF section FOR NO KEY UPDATE OF body SKIP LOCKED FOR UPDATE OF bid SKIP LOCKED
    FOR SHARE OF key SKIP LOCKED
), moment AS MATERIALIZED (
    SELECT locked.*, clock_timestamp() AS at FROM locked CROSS JOIN (SELECT count(*) AS bids FROM locked) AS held
    WHERE held.bids > 0
), line AS (
    INSERT INTO journal (at, event, actor, role, address, subject, section, region, facts, salt, link_salt)
    SELECT moment.at, '{Event.BID_SUBMITTED}', asked.actor, asked.role, asked.address, moment.id, $1, moment.region,
           asked.facts::jsonb, asked.salt, asked.link_salt
    FROM moment JOIN asked ON asked.bid = moment.id
    WHERE at < deadline AND section_state = '{SectionState.BIDDING}' AND state = '{BidState.STARTED}'
        AND revoked_at IS NULL
    RETURNING id, at, subject
), accepted AS (
    UPDATE bids SET state = $11, submitted_at = line.at, line = line.id, last_line = line.id
    FROM line WHERE bids.id = ANY($2::text[]) AND bids.id = line.subject
)
SELECT moment.*, line.id AS line FROM moment LEFT JOIN line ON line.subject = moment.id
"""

# Each step reads the one before it, so the bid that stood has gone before this one stands: at no moment are there two.
ACCEPT = f"""
WITH locked AS MATERIALIZED ({LOCK_BID}), moment AS MATERIALIZED (
    SELECT locked.*, clock_timestamp() AS at FROM locked
), timely AS MATERIALIZED (
    SELECT at FROM moment
    WHERE at < deadline AND section_state = '{SectionState.BIDDING}' AND state = '{BidState.STARTED}'
        AND revoked_at IS NULL
), replaced AS (
    UPDATE bids SET state = $12 FROM timely
    WHERE section = $4::text AND bidder = $3 AND state = '{BidState.SUBMITTED}'
    RETURNING bids.id
), old AS MATERIALIZED (
    SELECT min(id) AS id FROM replaced
), line AS (
    INSERT INTO journal (at, event, actor, role, address, subject, section, region, facts, salt, link_salt)
    SELECT timely.at, CASE WHEN old.id IS NULL THEN '{Event.BID_SUBMITTED}' ELSE '{Event.BID_REPLACED}' END,
           $5, $6, $7, $1::text, $4::text, $8,
           $9::jsonb || CASE WHEN old.id IS NULL THEN '{{}}' ELSE jsonb_build_object('replaces', old.id) END,
           $10, $11
    FROM timely, old
    RETURNING id, at
), accepted AS (
    UPDATE bids SET state = $13, submitted_at = line.at, line = line.id, last_line = line.id
    FROM line WHERE bids.id = $1::text
)
SELECT moment.*, line.id AS line, old.id AS replaced FROM moment, old LEFT JOIN line ON true
"""
