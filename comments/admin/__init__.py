from comments.admin import queue, rules

__all__ = ["queue", "rules"]
