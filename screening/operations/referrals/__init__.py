"""Referrals: a youth offered a service, and every step from there to its end. Steps are only ever added."""

from screening.operations.referrals.listing import OpenReferral, open_referrals, quiet_referrals, referrals_of
from screening.operations.referrals.recording import make_referral, record_step
from screening.operations.referrals.shapes import (
    LONGEST_WORDS,
    Referral,
    ReferralChanged,
    ReferralExists,
    ReferralNotFound,
    ReferralRefused,
    Step,
    StepRule,
    StepRules,
)

__all__ = [
    "LONGEST_WORDS",
    "OpenReferral",
    "Referral",
    "ReferralChanged",
    "ReferralExists",
    "ReferralNotFound",
    "ReferralRefused",
    "Step",
    "StepRule",
    "StepRules",
    "make_referral",
    "open_referrals",
    "quiet_referrals",
    "record_step",
    "referrals_of",
]
