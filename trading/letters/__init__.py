"""Letters on the result 中标通知书 and 招标结果通知书: one to each bidder, made with the award (TBL 45)."""
