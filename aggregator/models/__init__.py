from aggregator.models.feed import Feed, HostPause, Submission
from aggregator.models.item import Cluster, Item, ItemLink

__all__ = ["Cluster", "Feed", "HostPause", "Item", "ItemLink", "Submission"]
