from aggregator.admin import feeds, inbox

__all__ = ["feeds", "inbox"]
