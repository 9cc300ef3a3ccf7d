from allauth.account import views
from django.http import Http404

WAIT_SECONDS = 300  # the longer of the two limits on failed logins


class LoginView(views.LoginView):
    """allauth's, with the status a refusal for too many tries deserves; the name stays typed."""

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if form.has_error("__all__", code="too_many_login_attempts"):
            response.status_code = 429
            response.headers["Retry-After"] = str(WAIT_SECONDS)
        return response


def closed(request):
    """Nobody signs up by himself; allauth wants the name of the page to exist."""
    raise Http404("no sign-up")
