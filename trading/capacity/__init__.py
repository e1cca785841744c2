"""Whether a candidate can still perform 履约能力审查: the procuring entity asks, the original committee answers (TBR 56)."""
