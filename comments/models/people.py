"""Who comments: an address that was confirmed or not, and what it asked to be told."""

from django.db import models

from articles.models import Article


class Commenter(models.Model):
    """One mail address. It owns nothing but the proof that somebody reads its mail."""

    email = models.EmailField("indirizzo e-mail", max_length=254, unique=True)  # in lower case
    confirmed_at = models.DateTimeField("confermato il", null=True)
    # The first time a person approved a comment of this address.
    trusted_at = models.DateTimeField("approvato il", null=True)
    # Proofs given before this moment are void: how they are revoked.
    proofs_from = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "commentatore"
        verbose_name_plural = "commentatori"

    def __str__(self):
        return self.email


def mailbox(email):
    """The one spelling under which a mail address is kept and compared."""
    return email.strip().lower()


class ConfirmationMail(models.Model):
    """A mail to an address because somebody typed it: counted, or our forms mail victims (M2)."""

    commenter = models.ForeignKey(Commenter, models.CASCADE, related_name="confirmation_mails")
    network = models.CharField(max_length=43)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["network", "at"], name="comments_mails_of_network")]

    def __str__(self):
        return f"{self.network} {self.at:%Y-%m-%d}"


class Subscription(models.Model):
    """What a commenter asked to be told of one discussion. Counts only once confirmed."""

    class Scope(models.TextChoices):
        REPLIES = "replies", "le risposte a me"
        THREAD = "thread", "tutta la discussione"

    commenter = models.ForeignKey(Commenter, models.CASCADE, related_name="subscriptions")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    scope = models.CharField(choices=Scope, max_length=7)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "avviso"
        verbose_name_plural = "avvisi"
        constraints = [
            models.UniqueConstraint(
                fields=["article", "commenter"], name="comments_one_subscription_a_story"
            ),
        ]

    def __str__(self):
        return f"{self.commenter}: {self.get_scope_display()}"


class DataRequest(models.Model):
    """A reader asked for the own data, or to be forgotten. Carried out once, from the mail."""

    class Kind(models.TextChoices):
        COPY = "copy", "una copia dei miei dati"
        FORGET_NAME = "name", "cancellare nome, indirizzi e rete, e lasciare i testi"
        FORGET_ALL = "all", "cancellare anche i testi"

    kind = models.CharField(choices=Kind, max_length=4)
    commenter = models.ForeignKey(Commenter, models.CASCADE, null=True, related_name="+")
    network = models.CharField(max_length=43)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["network", "at"], name="comments_requests_of_network")]

    def __str__(self):
        return self.get_kind_display()
