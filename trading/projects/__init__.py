"""Projects 项目: registered by the procuring entity, accepted by the centre."""
