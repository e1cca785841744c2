"""What the log's tests share: the sequencer's keys."""

from datetime import timedelta

import pytest

from infra.edge import random_bytes
from infra.tlog.note import ED25519, SignerKey
from infra.tlog.sequencer import LogKeys

LOG = SignerKey("log.example/log", ED25519, random_bytes(32))


@pytest.fixture
def log_keys() -> LogKeys:
    """Period keys are kept as they are: how they are sealed is the key service's business."""
    return LogKeys(LOG, lambda secret, _: secret, lambda sealed, _: sealed, timedelta(days=1))
