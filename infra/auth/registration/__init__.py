"""Registration of organisations 主体入库: applications, immutable versions of a profile, their review by the centre."""
