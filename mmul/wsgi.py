import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmul.settings")


def make_application():
    django = get_wsgi_application()
    from mmul import caching  # models want Django to be set up

    return caching.in_front_of(django)


application = make_application()
