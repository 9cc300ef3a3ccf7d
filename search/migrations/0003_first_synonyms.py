"""The synonyms a Linux newsroom would type on the first day. Editors change them in the admin."""

from django.db import migrations

FIRST = [
    ("RHEL", "Red Hat Enterprise Linux"),
    ("opensource", "open source"),
    ("software libero", "free software"),
    ("k8s", "Kubernetes"),
    ("Postgres", "PostgreSQL"),
    ("WSL", "Windows Subsystem for Linux"),
    ("IA", "intelligenza artificiale"),
    ("AI", "intelligenza artificiale"),
    ("IA", "AI"),
    ("LLM", "modello di linguaggio"),
    ("VM", "macchina virtuale"),
    ("PA", "pubblica amministrazione"),
    ("JS", "JavaScript"),
    ("GPU", "scheda grafica"),
    ("LTS", "supporto a lungo termine"),
    ("PREEMPT_RT", "tempo reale"),
    ("Fediverso", "Fediverse"),
    ("distro", "distribuzione"),
]


def add(apps, schema_editor):
    synonym = apps.get_model("search", "Synonym")
    synonym.objects.bulk_create(synonym(one=one, other=other) for one, other in FIRST)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_indexes")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
