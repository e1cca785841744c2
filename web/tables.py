"""Every table of the product, imported in one place so that one metadata knows them all."""

import expertpool.appraisal.tables
import expertpool.attendance.tables
import expertpool.availability.tables
import expertpool.directory.tables
import expertpool.draw.tables
import expertpool.experts.tables
import expertpool.external.tables
import expertpool.invitations.tables
import expertpool.lotteries.tables
import expertpool.professions.tables
import expertpool.recusal.tables
import infra.access.tables
import infra.auth.registration.tables
import infra.auth.second_factor.tables
import infra.auth.tables
import infra.custody.tables
import infra.db.journal
import infra.live_table
import infra.timers_table
import infra.tlog.tables
import marketplace.agencies.tables
import marketplace.catalogue.tables
import marketplace.contracts.tables
import trading.bidding.tables
import trading.blind.tables
import trading.checks.tables
import trading.clarifications.tables
import trading.contracts.tables
import trading.evaluation.tables
import trading.examination.tables
import trading.handover.tables
import trading.inquiries.tables
import trading.invited.tables
import trading.letters.tables
import trading.messages.tables
import trading.notices.tables
import trading.objections.tables
import trading.opening.tables
import trading.projects.tables
import trading.recordings.tables
import trading.reserve.tables
import trading.sections.tables
import trading.sitting.tables
import trading.venues.tables
from infra.db.base import Base

METADATA = Base.metadata
MODULES = (
    expertpool.appraisal.tables,
    expertpool.attendance.tables,
    expertpool.availability.tables,
    expertpool.directory.tables,
    expertpool.draw.tables,
    expertpool.experts.tables,
    expertpool.external.tables,
    expertpool.invitations.tables,
    expertpool.lotteries.tables,
    expertpool.professions.tables,
    expertpool.recusal.tables,
    infra.access.tables,
    infra.auth.registration.tables,
    infra.auth.second_factor.tables,
    infra.auth.tables,
    infra.custody.tables,
    infra.db.journal,
    infra.live_table,
    infra.timers_table,
    infra.tlog.tables,
    marketplace.agencies.tables,
    marketplace.catalogue.tables,
    marketplace.contracts.tables,
    trading.bidding.tables,
    trading.blind.tables,
    trading.checks.tables,
    trading.clarifications.tables,
    trading.contracts.tables,
    trading.evaluation.tables,
    trading.examination.tables,
    trading.handover.tables,
    trading.inquiries.tables,
    trading.invited.tables,
    trading.letters.tables,
    trading.messages.tables,
    trading.notices.tables,
    trading.objections.tables,
    trading.opening.tables,
    trading.projects.tables,
    trading.recordings.tables,
    trading.reserve.tables,
    trading.sections.tables,
    trading.sitting.tables,
    trading.venues.tables,
)
