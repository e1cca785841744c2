"""Recordings 音像: what room cameras and browsers saw, in segments that are chained before they touch a disk."""
