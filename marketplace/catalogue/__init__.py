"""The catalogue 事项清单: services that are bought for an approval, with basis, days, kind of price; in versions."""
