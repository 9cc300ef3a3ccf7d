import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmul.settings")
# Seconds a thread that renders may hold the interpreter while a kept page waits for it. With
# Python's own 0.005 and two slow pages, kept ones came at a quarter of the rate (bench/kept.py).
sys.setswitchinterval(0.0005)


def make_application():
    django = get_wsgi_application()
    from mmul import caching  # models want Django to be set up

    return caching.in_front_of(django)


application = make_application()
