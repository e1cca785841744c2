"""The contract 合同 that follows the award: recorded by the procuring side, published for everybody (TBL 46)."""
