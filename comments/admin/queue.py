"""The moderators' queue: the text, the story, the person, the reasons; one press for each act."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.forms import ModelForm, ValidationError
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone

from comments import desk, moderation, undoing
from comments.admin.filters import FILTERS
from comments.forms import CorrectionForm, TextField
from comments.models import Decision, ReaderComment
from comments.models.comment import GONE, State
from kit.text import row_number

Via = Decision.Via
SAID = {
    State.PUBLISHED: ("commento pubblicato", "commenti pubblicati"),
    State.PENDING: ("commento rimesso in attesa", "commenti rimessi in attesa"),
    State.UNCONFIRMED: ("commento di nuovo da confermare", "commenti di nuovo da confermare"),
    State.SPAM: ("commento tra lo spam", "commenti tra lo spam"),
    State.TRASH: ("commento nel cestino", "commenti nel cestino"),
    "": ("commento eliminato per sempre", "commenti eliminati per sempre"),
    "restore": ("commento ripristinato", "commenti ripristinati"),
}
# What can be done with a comment in each state: act, label.
ACTS = {
    State.UNCONFIRMED: ["published", "spam", "trash"],
    State.PENDING: ["published", "spam", "trash"],
    State.PUBLISHED: ["pending", "spam", "trash"],
    State.SPAM: ["restore", "trash", "delete"],
    State.TRASH: ["restore", "spam", "delete"],
}
LABELS = {
    "published": "Pubblica",
    "pending": "Metti in attesa",
    "spam": "Spam",
    "trash": "Cestina",
    "restore": "Ripristina",
    "delete": "Elimina per sempre",
}


def said(act, number):
    one, many = SAID[act]
    return f"1 {one}" if number == 1 else f"{number} {many}"


class QueueList(ChangeList):
    """One page of the queue, with what its cards show: two queries more, whatever the length."""

    def get_results(self, request):
        super().get_results(request)
        history, reports = desk.histories(self.result_list), desk.open_reports(self.result_list)
        for comment in self.result_list:
            comment.history = history.get(comment.commenter_id, {})
            comment.open_reports = reports.get(comment.pk, [])
            comment.acts = self.model_admin.acts(request, comment)
            comment.typed = request.POST.get(f"answer-{comment.pk}", "")


class EditForm(ModelForm):
    comment = TextField()

    class Meta:
        model = ReaderComment
        fields = ["comment"]

    def clean_comment(self):
        text, html = self.cleaned_data["comment"]
        if desk.says_the_same(self.instance, text):
            raise ValidationError("Questa persona ha già scritto un commento uguale.")
        return text, html


@admin.register(ReaderComment)
class ReaderCommentAdmin(admin.ModelAdmin):
    form = EditForm
    list_display = ["card"]
    list_display_links = None
    list_filter = FILTERS
    show_facets = admin.ShowFacets.NEVER  # the states say their numbers themselves
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["signature", "user_email", "comment"]
    search_help_text = "Cerca nei nomi, negli indirizzi e nei testi"
    actions = [f"bulk_{act}" for act in LABELS]
    fields = ["who", "about", "comment", "why", "log"]
    readonly_fields = ["who", "about", "why", "log"]

    class Media:
        css = {"all": ["comments/queue.css"]}

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        """Only the queue deletes: Django's own page would delete at once, with the answers.

        Other pages ask too: that of a story, which goes with its comments.
        """
        page = request.resolver_match.url_name if request.resolver_match else ""
        forms = {f"comments_readercomment_{name}" for name in ("change", "delete")}
        return page not in forms and super().has_delete_permission(request, obj)

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_changelist(self, request, **kwargs):
        return QueueList

    def get_queryset(self, request):
        return ReaderComment.objects.kept().for_queue().order_by("-state_since", "-pk")

    def lookup_allowed(self, lookup, value, request=None):
        ours = {"article__id__exact", "commenter__id__exact", "network__exact"}
        return lookup in ours or super().lookup_allowed(lookup, value, request)

    # --- the queue ---

    @admin.display(description="commento")
    def card(self, comment):
        context = {"comment": comment, "history": history_words(comment.history)}
        return render_to_string("admin/comments/readercomment/_card.html", context)

    def acts(self, request, comment):
        """What whoever asks may do with a comment: ``[(act, label)]``."""
        if not self.has_change_permission(request):
            return []
        acts = [act for act in ACTS[comment.state] if act != "delete" or self.may_delete(request)]
        return [(act, LABELS[act]) for act in acts]

    def may_delete(self, request):
        return request.user.has_perm("comments.delete_readercomment")

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and self.has_change_permission(request):
            if "row" in request.POST:
                self.one(request)
                if not getattr(request, "keep_answers", False):
                    return HttpResponseRedirect(request.get_full_path())
            elif "undo" in request.POST:
                self.take_back(request)
                return HttpResponseRedirect(request.get_full_path())
        context = {
            "title": "Commenti",
            "undoable": groups(undoing.undoable(request.user)),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def one(self, request):
        """One button of one card: ``act:number:state the card showed``."""
        act, _, rest = request.POST["row"].partition(":")
        number, _, expected = rest.partition(":")
        comment = self.get_queryset(request).filter(pk=row_number(number)).first()
        if comment is None:
            self.message_user(request, "Questo commento non c’è più.", messages.ERROR)
        elif act == "answer":
            self.answer(request, comment, expected)
        elif act == "reports":
            desk.close_reports(comment)
            self.message_user(request, "Segnalazioni chiuse.")
        elif act in LABELS:
            self.report(request, act, [(comment, self.do(request, act, comment, expected))])

    def do(self, request, act, comment, expected, now=None):
        """Carry out ``act`` if the comment still is in ``expected``. The Decision, or None."""
        if comment.state != expected or act not in ACTS.get(expected, []):
            return None
        if act == "delete":
            if not self.may_delete(request):
                return None
            return undoing.delete_for_ever(comment, request.user, now)
        to = desk.state_before(comment) if act == "restore" else act
        return moderation.move(
            comment, to, expected=expected, via=Via.QUEUE, by=request.user, now=now
        )

    def report(self, request, act, outcomes):
        done = sum(decision is not None for _, decision in outcomes)
        if done:
            words = said("" if act == "delete" else act, done)
            self.message_user(request, f"{words}. Hai dieci minuti per annullare.")
        for comment, decision in outcomes:
            if decision is None:
                comment.refresh_from_db()
                state = comment.get_state_display()
                note = f"Non ho cambiato il commento di {comment.signature}: ora è «{state}»."
                self.message_user(request, note, messages.WARNING)

    def answer(self, request, comment, expected):
        form = CorrectionForm({"comment": request.POST.get(f"answer-{comment.pk}", "")})
        if not form.is_valid():
            said = " ".join(form.errors["comment"])
            self.message_user(request, f"La risposta non è partita. {said}", messages.ERROR)
            request.keep_answers = True  # the page comes back with what was typed
            return
        taken_back = expected == State.PUBLISHED != comment.state  # by somebody else: not again
        words = form.cleaned_data["comment"]
        if not taken_back and desk.answer(comment, request.user, *words):
            self.message_user(request, "Risposta pubblicata.")
        else:
            request.keep_answers = True
            note = "La risposta non è partita: intanto qualcuno ha spostato il commento."
            self.message_user(request, note, messages.WARNING)

    def take_back(self, request):
        mine = Decision.objects.filter(by=request.user, undone_at=None)
        first = mine.filter(pk=row_number(request.POST["undo"])).first()
        together = list(mine.filter(at=first.at)) if first else []
        done = sum(undoing.undo(decision, request.user) for decision in together)
        if done:
            one = "Decisione annullata." if done == 1 else f"{done} decisioni annullate."
            self.message_user(request, one)
        if done < max(1, len(together)):
            note = "Qualcosa non si può più annullare: è passato tempo, o qualcuno ha deciso dopo."
            self.message_user(request, note, messages.WARNING)

    # --- the form: edit with a trace ---

    @admin.display(description="chi")
    def who(self, comment):
        return f"{comment.signature}, {comment.user_email}"

    @admin.display(description="articolo")
    def about(self, comment):
        return comment.article.title

    @admin.display(description="motivi")
    def why(self, comment):
        return " ".join([*comment.reasons, *comment.notes]) or "—"

    @admin.display(description="storia")
    def log(self, comment):
        decisions = comment.decisions.select_related("by")
        return render_to_string("admin/comments/readercomment/_log.html", {"decisions": decisions})

    def save_model(self, request, obj, form, change):
        desk.edit(obj, request.user, *form.cleaned_data["comment"])
        obj.refresh_from_db()  # the form left both text and HTML in one column

    def log_change(self, request, obj, message):
        """Django's log would keep name and text past an erasure (R3): Decision is ours."""

    def construct_change_message(self, request, form, formsets, add=False):
        return "Testo modificato."


def history_words(history):
    """ "3 pubblicati, 1 rifiutato": who is this person here."""
    published = history.get(State.PUBLISHED, 0)
    refused = sum(history.get(state, 0) for state in GONE)
    first = "1 pubblicato" if published == 1 else f"{published} pubblicati"
    second = "1 rifiutato" if refused == 1 else f"{refused} rifiutati"
    return f"{first}, {second}"


def groups(decisions):
    """Decisions taken with one press, together: ``[(first, words)]``."""
    together = {}
    for decision in decisions:
        together.setdefault((decision.at, decision.after), []).append(decision)
    return [(same[0], said(after, len(same))) for (_, after), same in together.items()]


def bulk(act):
    """Return the admin action that does ``act`` with all that is ticked."""

    may = "delete" if act == "delete" else "change"

    @admin.action(description=LABELS[act], permissions=[may])
    def action(model_admin, request, queryset):
        now = timezone.now()
        outcomes = [
            (comment, model_admin.do(request, act, comment, comment.state, now))
            for comment in queryset.order_by("pk")
            if act in ACTS[comment.state]
        ]
        if not outcomes:
            note = "Niente da fare: nessuno dei commenti scelti è in uno stato adatto."
            model_admin.message_user(request, note, messages.WARNING)
        model_admin.report(request, act, outcomes)

    action.__name__ = f"bulk_{act}"
    return action


for _act in LABELS:
    setattr(ReaderCommentAdmin, f"bulk_{_act}", bulk(_act))
