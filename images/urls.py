from django.urls import re_path

from images import views
from images.files import NAME

urlpatterns = [
    re_path(rf"^(?P<name>{NAME})\Z", views.media, name="media"),
]
