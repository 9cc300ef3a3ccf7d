from comments.models.comment import Decision, ReaderComment, State
from comments.models.people import Commenter, ConfirmationMail, DataRequest, Subscription
from comments.models.policy import Block, Policy, Word
from comments.models.report import Report

__all__ = [
    "Block",
    "Commenter",
    "ConfirmationMail",
    "DataRequest",
    "Decision",
    "Policy",
    "ReaderComment",
    "Report",
    "State",
    "Subscription",
    "Word",
]
