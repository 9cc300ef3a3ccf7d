"""STUB to be replaced."""

LANGUAGES = {"en": "inglese", "fr": "francese", "de": "tedesco", "es": "spagnolo", "it": "italiano"}
