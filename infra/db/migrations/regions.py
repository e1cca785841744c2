"""The statements that confine a table to regions; a migration that makes a table with a region calls them."""

REGIONAL = (
    "absences",
    "access_log",
    "addenda",
    "addendum_drafts",
    "alternates",
    "application_files",
    "appraisal_events",
    "attendance_lists",
    "attendances",
    "bid_confirmations",
    "bid_factors",
    "bid_openings",
    "bid_rehearsals",
    "bid_remedies",
    "bids",
    "blind_labels",
    "bookings",
    "clarifications",
    "controllers",
    "dispatches",
    "document_fetches",
    "document_subscriptions",
    "document_versions",
    "documents",
    "door_tries",
    "drawings",
    "draws",
    "evaluations",
    "expert_applications",
    "expert_imports",
    "expert_leanings",
    "expert_letters",
    "expert_reach",
    "expert_standings",
    "expert_ties",
    "expert_versions",
    "experts",
    "extensions",
    "external_lists",
    "fee_lines",
    "fee_rates",
    "hall_notes",
    "hearings",
    "import_lines",
    "invitations",
    "journal",
    "keysets",
    "leader_votes",
    "list_signatures",
    "lotteries",
    "lottery_attempts",
    "mark_drafts",
    "meetings",
    "opening_confirmations",
    "opening_halts",
    "opening_objections",
    "opening_records",
    "opening_windows",
    "organisation_versions",
    "pair_counts",
    "panel_requests",
    "pool_chunks",
    "projects",
    "questions",
    "ratings",
    "reach_tallies",
    "reach_totals",
    "recusal_hits",
    "recusal_requests",
    "representatives",
    "reserve_prices",
    "resolutions",
    "rooms",
    "sanctions",
    "seat_challenges",
    "seats",
    "section_drafts",
    "sections",
    "sheets",
    "standing_notices",
    "votes",
)
"""Tables whose rows neither can be read nor changed from another region."""

OPEN_TO_READ = ("memberships", "notices", "organisations")
"""Tables anybody may read, but change in one's own region only: what is published, and who somebody is when signing in."""

_SEEN = "starts_with(region, (SELECT coalesce(current_setting('openhall.region', true), '')))"
"""Without a setting, or with an empty one, every region is seen: the system, the public, bodies and judges."""


def policies(table: str) -> list[str]:
    """What to execute once for a table with a `region` column; a row without region belongs to all."""
    seen = f"region IS NULL OR {_SEEN}" if table == "journal" else _SEEN
    found = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"]
    if table not in OPEN_TO_READ:
        return [*found, f"CREATE POLICY of_region ON {table} USING ({seen})"]
    return [
        *found,
        f"CREATE POLICY read_by_all ON {table} FOR SELECT USING (true)",
        f"CREATE POLICY added_in_region ON {table} FOR INSERT WITH CHECK ({seen})",
        f"CREATE POLICY changed_in_region ON {table} FOR UPDATE USING ({seen})",
        f"CREATE POLICY deleted_in_region ON {table} FOR DELETE USING ({seen})",
    ]
