"""One settings file. What differs between machines comes from the environment, and only there."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured

from kit import addresses, env, network
from mmul import buckets, databases, policies

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("MMUL_VAR", str(BASE_DIR / "var")))  # what this node writes for itself

# --- 1. Where we run ---------------------------------------------------------
# Development needs nothing and answers on loopback only. Production needs a key
# and its public address, and refuses to start without them.

MODE = env.choice("MMUL_MODE", "development", ("development", "production"))
PRODUCTION = MODE == "production"
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
PORT = env.number("PORT", 8000, low=1, high=65535)


def development_key():
    """Return a key made once for this checkout, so that logins survive a restart."""
    file = VAR / "development_key"
    if not file.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_urlsafe(64))
    return file.read_text()


SECRET_KEY = env.secret("MMUL_SECRET_KEY", None if PRODUCTION else development_key())
SECRET_KEY_FALLBACKS = env.words("MMUL_SECRET_KEY_FALLBACKS")
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("MMUL_SECRET_KEY is too short: 50 characters or more")

SITE_NAME = env.text("MMUL_SITE_NAME", "MMUL")
# The public address: everything we print begins with it (trust table, rule 4).
SITE_URL = env.origin("MMUL_SITE_URL", None if PRODUCTION else f"http://127.0.0.1:{PORT}")
SITE_HOST = urlsplit(SITE_URL).netloc.lower()
# Our other names (bare, www, old domains): each answers with one 301 to SITE_URL.
OTHER_HOSTS = env.hosts("MMUL_OTHER_HOSTS")
LOCAL = not PRODUCTION and urlsplit(SITE_URL).hostname in {"localhost", "127.0.0.1", "::1"}
# CanonicalHost (mmul/middleware.py) compares whole names with ports; this list is the second lock.
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname, *(name.split(":")[0] for name in OTHER_HOSTS)]
ALLOWED_HOSTS += sorted(LOOPBACK) if LOCAL else []
USE_X_FORWARDED_HOST = False
try:
    # X-Forwarded-For counts only when one of these connects (trust table, H2).
    TRUSTED_PROXIES = network.networks(env.words("MMUL_TRUSTED_PROXIES"))
except ValueError as error:
    raise ImproperlyConfigured(f"MMUL_TRUSTED_PROXIES: {error}") from None

DEBUG = env.flag("MMUL_DEBUG", default=False)
if DEBUG and not LOCAL:
    raise ImproperlyConfigured("MMUL_DEBUG=true is for loopback: a traceback shows everything")

ADMIN_PATH = env.text("MMUL_ADMIN_PATH", "admin").strip("/")
if not ADMIN_PATH.replace("-", "").isalnum():
    raise ImproperlyConfigured(f"MMUL_ADMIN_PATH={ADMIN_PATH!r}: one word of letters and hyphens")

WEB_WORKERS = env.number("MMUL_WEB_WORKERS", 2, low=1, high=64)
# Seconds of silence after which another worker leads (docs/adr/0018); the trust table says 30 (D2).
TAKE_OVER_SECONDS = env.number("MMUL_TAKE_OVER_SECONDS", 25, low=2, high=300)

# --- 2. Rooms ----------------------------------------------------------------

INSTALLED_APPS = [
    "mmul",
    "django_comments",
    "django_comments_xtd",
    "aggregator",
    "comments",  # after xtd: it takes away xtd's receiver (comments/apps.py)
    "articles",
    "accounts",
    "images",
    "outbox",
    "search",
    "pagecache",
    "nodes",
    "kit",
    "allauth",
    "allauth.account",
    "django_prose_editor",
    "js_asset",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",  # a foreign key of every comment; nothing asks it for a name
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "mmul.middleware.RequestLog",
    "mmul.middleware.SecurityHeaders",
    "mmul.middleware.ContentSecurityPolicy",
    "mmul.middleware.OddRequests",
    "mmul.middleware.CanonicalHost",
    "mmul.staticfiles.StaticFiles",
    "mmul.reading.ReadingRate",
    "mmul.middleware.StaffSession",
    "mmul.middleware.PublicPages",
    "mmul.replicas.PublicReads",
    "mmul.middleware.StaffCsrf",
    "mmul.middleware.StaffAuthentication",
    "mmul.middleware.StaffMessages",
    "allauth.account.middleware.AccountMiddleware",  # touches nothing outside its own pages
]

ROOT_URLCONF = "mmul.urls"
WSGI_APPLICATION = "mmul.wsgi.application"
APPEND_SLASH = False  # mmul.views answers: one 301, and only to an address that exists

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- 3. Database -------------------------------------------------------------

DATABASES = databases.from_environment(VAR)
DATABASE_ROUTERS = ["mmul.replicas.Router"] if "replica" in DATABASES else []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Login limits are counted here, shared by all processes (trust table, section 4).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "mmul_cache",
        # Django throws counters away past 300 rows: a flood of addresses would reset the limits.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# --- 4. Staff: who logs in, and for how long ---------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "accounts.validators.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds (trust table, M4)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.StaffAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # staff addresses are typed by an administrator
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers because somebody typed an address
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    # Per address and per account; a stricter second number would let anyone keep an editor out.
    "login_failed": "10/m/ip,30/300s/key",
    "login": "",  # only failures count: accounts.views answers them with the form
    "reset_password": "5/h/ip,3/h/key",
}

SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds
SESSION_IDLE_SECONDS = 3 * 24 * 3600
_HOST_PREFIX = "" if LOCAL else "__Host-"
SESSION_COOKIE_NAME = f"{_HOST_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_HOST_PREFIX}csrftoken"
STAFF_COOKIE_NAME = f"{_HOST_PREFIX}staff"  # passes by the page cache (accounts/badge.py)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# Ours stand in the place of Django's: middleware.SecurityHeaders, StaffCsrf (docs/adr/0006).
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]
CSRF_FAILURE_VIEW = "mmul.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- 5. Comments: xtd gives tables and thread arithmetic, nothing else -----------

SITE_ID = 1
COMMENTS_APP = "django_comments_xtd"
COMMENTS_XTD_MODEL = "comments.models.ReaderComment"
COMMENTS_XTD_MAX_THREAD_LEVEL = 4  # counted from 0: WordPress's five levels
COMMENTS_XTD_CONFIRM_EMAIL = False  # xtd would keep a comment in a mail's link, unseen
COMMENTS_XTD_THREADED_EMAILS = False

# --- 6. Headers (trust table, section 2) -------------------------------------

EMBED_HOSTS = env.hosts("MMUL_EMBED_HOSTS", "www.youtube-nocookie.com,player.vimeo.com")
MEDIA_ORIGIN = env.origin("MMUL_MEDIA_ORIGIN", "")
HSTS_SUBDOMAINS = env.flag("MMUL_HSTS_SUBDOMAINS", default=False)
_MEDIA = [SELF, MEDIA_ORIGIN] if MEDIA_ORIGIN else [SELF]

CONTENT_SECURITY_POLICY = {"DIRECTIVES": policies.public(_MEDIA, EMBED_HOSTS)}
STAFF_CONTENT_SECURITY_POLICY = policies.staff(_MEDIA)

# --- 7. Files ----------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("MMUL_STATIC_ROOT", str(VAR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "mmul.stylesheet.StyleSheetFinder",
]
MADE_ROOT = VAR / "made"  # what stylesheet.py puts together
MEDIA_URL = f"{MEDIA_ORIGIN}/media/"
MEDIA_ROOT = Path(env.text("MMUL_MEDIA_ROOT", str(VAR / "media")))
STORAGES = {
    "default": buckets.storage(),  # a folder, or a bucket that all nodes share
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
WHITENOISE_MAX_AGE = 0
WHITENOISE_ALLOW_ALL_ORIGINS = False  # our pages are the only ones that load them


def static_file_headers(headers, path, url):
    """Hashed names never change; the others are asked for again."""
    hashed = "immutable" in headers["Cache-Control"]
    kept = "max-age=31536000, immutable" if hashed else "max-age=0, must-revalidate"
    headers["Cache-Control"] = f"public, {kept}"


WHITENOISE_ADD_HEADERS_FUNCTION = static_file_headers
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# --- 8. Language and time ----------------------------------------------------

LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano")]
FORMAT_MODULE_PATH = ["mmul.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]  # months and days without Django's capital letters
TIME_ZONE = "Europe/Rome"
USE_TZ = True
USE_I18N = True

# The reader of a bilingual quotation sees this text first.
QUOTATION_FIRST = env.choice("MMUL_QUOTATION_FIRST", "translation", ("translation", "original"))

# --- 9. Other sites: kit.fetch asks them, for the worker and for commands (trust table, F1) -----

VERSION = "0.1.0"  # as in pyproject.toml: how we present ourselves
try:
    # Private ranges that may be asked all the same; for tests and for the demo.
    FETCH_ALLOW = addresses.ranges(env.words("MMUL_FETCH_ALLOW"))
except ValueError as error:
    raise ImproperlyConfigured(f"MMUL_FETCH_ALLOW: {error}") from None

# Crawlers of AI companies, in robots.txt.
AI_CRAWLERS = env.choice("MMUL_AI_CRAWLERS", "deny", ("allow", "deny"))
# Who is told of new stories (articles/pings.py). A site on this machine tells nobody.
INDEXNOW_KEY = env.shaped("MMUL_INDEXNOW_KEY", r"[a-zA-Z0-9-]{8,128}", "8 to 128 of a-z 0-9 -")
INDEXNOW_ENDPOINT = env.address("MMUL_INDEXNOW_ENDPOINT", "https://api.indexnow.org/indexnow")
WEBSUB_HUB = env.address("MMUL_WEBSUB_HUB")
if LOCAL:
    INDEXNOW_KEY = WEBSUB_HUB = ""

# --- 10. The page cache in front of Django (docs/adr/0016) ---------------------

# Of each process; 0: off, as it is while templates are being changed under a running server.
PAGE_CACHE_MB = env.number("MMUL_PAGE_CACHE_MB", 0 if DEBUG else 16, low=0, high=4096)
PAGE_CACHE_BELL = VAR / "purges"  # heard by all processes of this machine
# Pages a network may have made anew in a minute (trust table, section 4); 0: no limit. Counted by
# each process. Tests and the demo come from one address, so nobody counts there.
READS_PER_MINUTE = env.number("MMUL_READS_PER_MINUTE", 0 if LOCAL else 300, low=0, high=1_000_000)

# --- 11. Mail and logs --------------------------------------------------------

EMAIL_HOST = env.text("MMUL_SMTP_HOST", "")
EMAIL_PORT = env.number("MMUL_SMTP_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env.text("MMUL_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.secret("MMUL_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("MMUL_SMTP_TLS", default=True)
EMAIL_TIMEOUT = 10  # seconds
EMAIL_BACKEND = "outbox.backend.OutboxBackend"  # a mail is a row; the worker sends it
MAIL_TRANSPORT = (  # how it leaves the house
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.console.EmailBackend"
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("MMUL_MAIL_FROM", "redazione@localhost")
EMAIL_SUBJECT_PREFIX = ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
ADMINS = [("Redazione", address) for address in env.words("MMUL_ADMINS")]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"hourly": {"()": "mmul.logs.OncePerHour", "folder": VAR / "alarms"}},
    "formatters": {
        "json": {"()": "mmul.logs.JsonLines"},
        "people": {"format": "%(levelname)s %(name)s %(message)s"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if PRODUCTION else "people",
        },
        "mail": {
            "class": "mmul.logs.ErrorMail",
            "level": "ERROR",
            "filters": ["hourly"],
        },
    },
    "root": {
        "handlers": ["stderr", "mail"] if ADMINS else ["stderr"],
        "level": env.choice("MMUL_LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {
        # Django's own handlers would print or mail requests with their data.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # A line for every refused or missing address would repeat the access log, with more in it.
        "django.request": {"level": "ERROR"},
        "django.security.csrf": {"level": "ERROR"},
        "mmul.request": {"level": "INFO" if PRODUCTION else "WARNING"},
    },
}
