"""Construction tendering (ENG, 招标投标法): the values of the law, each with its article and how it is known."""

from decimal import Decimal
from fractions import Fraction

from trading.regimes.days import Unit
from trading.regimes.regime import Mark, Parameter, Rule

READ, SECONDARY, UNVERIFIED = Mark.READ, Mark.SECONDARY, Mark.UNVERIFIED
D, WD = Unit.DAY, Unit.WORKING_DAY

PERIODS = (
    Parameter(Rule.DOCUMENT_SALE, 5, "TBR 16", READ, D),
    Parameter(Rule.SUBMISSION, 20, "TBL 24", READ, D),
    Parameter(Rule.CLARIFICATION, 15, "TBR 21", READ, D),
    Parameter(Rule.QUESTION, 10, "TBR 22; 招标文件惯例", UNVERIFIED, D),
    Parameter(Rule.OBJECTION_DOCUMENT, 10, "TBR 22", READ, D),
    Parameter(Rule.OBJECTION_REPLY, 3, "TBR 22, 54", READ, D),
    Parameter(Rule.PUBLICITY_START, 3, "TBR 54", READ, D),
    Parameter(Rule.REPORT_REVIEW, 3, "TBR 54", READ, D),
    Parameter(Rule.PUBLICITY, 3, "TBR 54", READ, D),
    Parameter(Rule.CONTRACT, 30, "TBL 46", READ, D),
    Parameter(Rule.SECURITY_REFUND, 5, "TBR 35, 57", READ, D),
    Parameter(Rule.RESULT_REPORT, 15, "TBL 47", READ, D),
    Parameter(Rule.REPORT_SIGNING, 1, "TBR 53; length is policy", UNVERIFIED, WD),
    Parameter(Rule.COMPLAINT, 10, "TBR 60", READ, D),
    Parameter(Rule.COMPLAINT_ACCEPT, 3, "TBR 61", READ, WD),
    Parameter(Rule.COMPLAINT_DECIDE, 30, "TBR 61", READ, WD),
)

LIMITS = (
    Parameter(Rule.BIDS_MINIMUM, 3, "TBR 44", READ),
    Parameter(Rule.INVITED_MINIMUM, 3, "TBL 17", READ),
    Parameter(Rule.OPENING_CONFIRMATION, 30, "TBR 44 on the spot; minutes are policy", UNVERIFIED),
    Parameter(Rule.KEY_RELEASE_LIMIT, 1800, "EBM 31; seconds are policy", UNVERIFIED),
    Parameter(Rule.FACTOR_WINDOW, 1800, "EBM 30-31; seconds are policy", UNVERIFIED),
    Parameter(Rule.REMEDY_WINDOW, 3600, "EBM 31; seconds are policy", UNVERIFIED),
    Parameter(Rule.PANEL_MINIMUM, 5, "TBL 37", READ),
    Parameter(Rule.PANEL_ODD, True, "TBL 37", READ),
    Parameter(Rule.PANEL_EXPERTS, Fraction(2, 3), "TBL 37", READ),
    Parameter(Rule.PANEL_LARGE_BUDGET, Decimal("10000000.00"), "TBL 37", READ),
    Parameter(Rule.PANEL_LARGE_MINIMUM, 5, "TBL 37", READ),
    Parameter(Rule.REPRESENTATIVES_MOST, 2, "CQ 30", READ),
    Parameter(Rule.DRAW_LEAD, 24, "CQ 30", READ),
    Parameter(Rule.DRAW_STEP_LIMIT, 1800, "draw/v1; seconds are policy", UNVERIFIED),
    Parameter(Rule.REPLY_WINDOW, 30, "TBR 46; minutes are policy", UNVERIFIED),
    Parameter(Rule.CHECK_IN_LEAD, 60, "TBR 46; minutes are policy", UNVERIFIED),
    Parameter(Rule.COOLING_YEARS, 3, "GPR 9(1)-(3)", READ),
    Parameter(Rule.EXPERT_YEARS, 8, "TBL 37", READ),
    Parameter(Rule.VALID_BIDS_MINIMUM, 3, "O1117 (十三)", READ),
    Parameter(Rule.CANDIDATES_MAXIMUM, 3, "TBR 53", READ),
    Parameter(Rule.BID_SECURITY, Decimal("0.02"), "TBR 26", READ),
    Parameter(Rule.BID_SECURITY_CAP, Decimal("800000.00"), "七部委30号令", UNVERIFIED),
    Parameter(Rule.PERFORMANCE_SECURITY, Decimal("0.10"), "TBR 58", READ),
    Parameter(Rule.COMPULSORY_WORKS, Decimal("4000000.00"), "MT16 5", SECONDARY),
    Parameter(Rule.COMPULSORY_GOODS, Decimal("2000000.00"), "MT16 5", SECONDARY),
    Parameter(Rule.COMPULSORY_SERVICES, Decimal("1000000.00"), "MT16 5", SECONDARY),
    Parameter(Rule.REASON_BELOW, Decimal("0.6"), "threshold is policy", UNVERIFIED),
    # Construction names no figures: the committee asks where a price looks low to it.
    Parameter(Rule.LOW_MEAN, Decimal("0"), "O1117 (十三)", READ),
    Parameter(Rule.LOW_SECOND, Decimal("0"), "O1117 (十三)", READ),
    Parameter(Rule.LOW_CEILING, Decimal("0"), "O1117 (十三)", READ),
    Parameter(Rule.PRICE_VARIATION, Decimal("0.01"), "TBR 40; threshold is policy", UNVERIFIED),
    Parameter(Rule.TEXT_SIMILARITY, Decimal("0.80"), "TBR 40; threshold is policy", SECONDARY),
    Parameter(Rule.OUTLIER_SHARE, Decimal("0.30"), "O1117 (五); threshold is policy", UNVERIFIED),
    Parameter(Rule.EXPLANATION_WINDOW, 1200, "O1117 (五); seconds are policy", UNVERIFIED),
    Parameter(Rule.INQUIRY_WINDOW, 1800, "TBR 52; seconds are policy", UNVERIFIED),
    Parameter(Rule.RETENTION_YEARS, 15, "CQ 38", SECONDARY),
    # No article that was read sets an end to what is published of a construction tender: 0 years, it stays.
    Parameter(Rule.PUBLICATION_YEARS, 0, "O1117 (五)", UNVERIFIED),
)

CHOICES = (
    Parameter(Rule.METHODS, ("benchmark", "lowest_price_first", "lowest_evaluated"), "TBL 40, 41; TBR 49", READ),
    Parameter(Rule.INVITATION_GROUNDS, ("TBR 8(1)", "TBR 8(2)"), "TBR 8", READ),
    Parameter(Rule.EXPERT_TITLES, ("senior", "full-senior", "equal"), "TBL 37", READ),
    Parameter(Rule.DRAW_STATES, ("decrypting", "opened"), "TBR 46; CQ 30", UNVERIFIED),
    Parameter(Rule.REJECTION_GROUNDS, tuple(f"TBR 51({number})" for number in range(1, 8)), "TBR 51", READ),
    Parameter(Rule.QUALIFICATION_BY, ("committee",), "TBR 20", READ),
    Parameter(Rule.TOO_FEW_VALID, ("competition",), "O1117 (十三)", READ),
    # Article 54 lets candidates be published within three days and names no confirmation: silence holds nothing up.
    Parameter(Rule.REVIEW_SILENCE, ("published",), "TBR 54", UNVERIFIED),
    # The list is that of government procurement; that it holds for construction too is how O1117 is read.
    Parameter(
        Rule.CORRECTION_REASONS,
        ("sum-error", "out-of-range", "objective-differs", "extreme-mark"),
        "M87 64; O1117 (五)",
        UNVERIFIED,
    ),
    Parameter(Rule.DROP_OUT_CAUSES, ("renounced", "force-majeure", "no-security", "violation"), "TBR 55", READ),
    # Article 55 ends its list with 等情形: that an upheld objection is one of them is how it is read, not its text.
    Parameter(Rule.UPHELD_CAUSES, ("objection-upheld",), "TBR 54, 55", UNVERIFIED),
    # That a supervising body may direct the original committee to evaluate again is how article 81 is remembered.
    Parameter(Rule.REEVALUATION_CAUSES, ("directive",), "TBR 81", UNVERIFIED),
    # Article 55 gives the award to the first where state funds dominate; choosing among candidates is for the others, and for
    # places whose own rules try it.
    Parameter(Rule.AWARD_BY, ("rank", "choice"), "TBR 55; 评定分离试点", UNVERIFIED),
    # The candidates stand in publicity before anything is decided.
    Parameter(Rule.OBJECTION_SUSPENDS, True, "TBR 22", READ),
    Parameter(Rule.AWARD_AFTER, ("publicity",), "TBR 54", READ),
    Parameter(Rule.LOTS, False, "O1117 (二)", READ),
    Parameter(Rule.TIE, ("price", "technical", "procuring_entity"), "招标文件惯例", UNVERIFIED),
    Parameter(Rule.JUDGES_NAMED, False, "O1117 (五); PY 18", UNVERIFIED),
)

ARCHIVE = (
    Parameter(Rule.ARCHIVE_NOTICE, True, "EBM 17", READ),
    Parameter(Rule.ARCHIVE_DOCUMENT, True, "TBR 15, 21", READ),
    Parameter(Rule.ARCHIVE_BIDS, True, "EBM 27", READ),
    Parameter(Rule.ARCHIVE_OPENING, True, "EBM 32", READ),
    Parameter(Rule.ARCHIVE_DRAW, True, "O1117 (十四)", READ),
    Parameter(Rule.ARCHIVE_INQUIRIES, True, "TBR 52", READ),
    Parameter(Rule.ARCHIVE_MARKS, True, "O1117 (五); PY 18", READ),
    Parameter(Rule.ARCHIVE_REPORT, True, "TBR 53", READ),
    Parameter(Rule.ARCHIVE_REVIEW, True, "O1117 (五)", READ),
    Parameter(Rule.ARCHIVE_CANDIDATES, True, "TBR 54", READ),
    Parameter(Rule.ARCHIVE_AWARD, True, "TBL 45", READ),
    Parameter(Rule.ARCHIVE_FAILURE, True, "TBL 42; TBR 44", READ),
    Parameter(Rule.ARCHIVE_LETTERS, True, "TBL 45", READ),
    Parameter(Rule.ARCHIVE_CONTRACT, True, "TBL 46", READ),
    Parameter(Rule.ARCHIVE_EVIDENCE, True, "EBM 49", READ),
    Parameter(Rule.ARCHIVE_JOURNAL, True, "EBM 13-14, 49", READ),
)
"""What a section's archive holds once its time has come, each with the article that asks for the paper itself."""

PARAMETERS = {parameter.rule: parameter for parameter in (*PERIODS, *LIMITS, *CHOICES, *ARCHIVE)}
