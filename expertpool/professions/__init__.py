"""The tree of evaluation professions 评标专业分类 (NDRC 316 of 2018)."""
