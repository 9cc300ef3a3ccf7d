"""Addresses of the web as text: one spelling for comparing, one for reading. No network here.

Nothing raises: what is no http or https address, holds a user name or is too long gives "".
"""

import hashlib
import re
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import unquote

LONGEST = 2048  # characters of an address we keep (trust table, section 3)
LONGEST_READ = 8192  # before tracking parameters are gone

# Names that say where a click came from, never what is shown.
TRACKING_PREFIXES = ("utm_", "mtm_", "itm_", "hsa_", "bsft_", "piwik_", "matomo_")
TRACKING = frozenset(
    """
    __hsfp __hssc __hstc _branch_match_id _branch_referrer _ga _gl _hsenc _hsmi _ke _kx _openstat
    action_object_map action_ref_map action_type_map at_campaign at_campaign_type at_creation
    at_custom1 at_custom2 at_custom3 at_custom4 at_format at_link_id at_link_origin at_link_type
    at_medium at_ptr_name at_recipient_id at_recipient_list at_send_date awc cjevent cmpid dclid
    dm_i echobox ef_id elqaid elqat elqcampaignid elqtrack elqtrackid epik fb_action_ids
    fb_action_types fb_ref fb_source fbclid ga_campaign ga_content ga_medium ga_place ga_source
    ga_term gad_campaignid gad_source gbraid gclid gclsrc gdffi gdfms gdftrk guccounter
    guce_referrer guce_referrer_sig hsctatracking icid igsh igshid irclickid irgwc li_fat_id
    mc_cid mc_eid mc_tc mkt_tok mkwid ml_subscriber ml_subscriber_hash msclkid ncid ns_campaign
    ns_fee ns_linkname ns_mchannel ns_source oft_c oft_ck oft_d oft_id oft_ids oft_k oft_lk oft_sk
    oly_anon_id oly_enc_id pk_campaign pk_cid pk_content pk_keyword pk_kwd pk_medium pk_source
    pk_vid rb_clickid rdt_cid s_cid s_kwcid sb_referer_host sc_channel sc_cid sc_content
    sc_country sc_geo sc_medium sc_outcome smid sms_click sms_source sms_uph soc_src soc_trk spm
    sr_share srsltid trk_contact trk_module trk_msg trk_sid ttclid twclid vero_conv vero_id vgo_ee
    wbraid wickedid wickedsource wt_mc wt_zmc xtor yclid ysclid
    """.split()
)

ADDRESS = re.compile(r"(https?)://([^/?#\\]*)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE | re.DOTALL)
PORT = re.compile(r":(\d{0,5})$", re.ASCII)
NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
# What can be written in more than one way: an escape, or a character that should be one.
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|([^a-zA-Z0-9._~!$&'()*+,;=:@/?-])", re.ASCII)
PLAIN = re.compile(r"[!#-;=?-\[\]-~]*")
BREAKS = str.maketrans("", "", "\t\r\n")  # browsers read over them wherever they stand
UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
INDEXES = ("/index.html", "/index.htm", "/index.php")


class Parts(NamedTuple):
    scheme: str  # lower case
    host: str  # lower case, ASCII, an IPv6 address without brackets
    port: int | None  # as written
    path: str
    query: str  # without "?"
    fragment: str  # without "#"


def canonical(url):
    """Return the one spelling of ``url`` by which two addresses are the same page, or ""."""
    parts = split(url)
    if parts is None:
        return ""
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = "&".join(sorted(normal(p.replace("+", "%20")) for p in untracked(parts.query) if p))
    fragment = f"#{normal(parts.fragment)}" if parts.fragment.startswith("!/") else ""
    address = f"https://{bracketed(without_www(parts.host))}{port}{plain_path(parts.path)}"
    return address + (f"?{query}" if query else "") + fragment


def key(url):
    """Return 64 hexadecimal digits that stand for the page, or ""."""
    found = canonical(url)
    return hashlib.sha256(found.encode()).hexdigest() if found else ""


def clean(url):
    """Return ``url`` as people see it: as it came, without tracking parameters; "" if none.

    The host is in lower case and ASCII; blanks and invisible characters are percent-encoded.
    """
    parts = split(url)
    if parts is None:
        return ""
    port = f":{parts.port}" if parts.port is not None else ""
    query = "&".join(untracked(parts.query))
    address = f"{parts.scheme}://{bracketed(parts.host)}{port}{visible(parts.path)}"
    address += f"?{visible(query)}" if query else ""
    address += f"#{visible(parts.fragment)}" if parts.fragment else ""
    return address if len(address) <= LONGEST else ""


def host(url):
    """Return the name of the site, in lower case and ASCII, without "www." and port, or ""."""
    parts = split(url)
    return without_www(parts.host) if parts else ""


def split(url):
    """Return the ``Parts`` of an http or https address without user name, or None."""
    if not isinstance(url, str) or len(url) > LONGEST_READ:
        return None
    found = ADDRESS.fullmatch(url.strip().translate(BREAKS))
    if found is None:
        return None
    scheme, place, path, query, fragment = found.groups(default="")
    path = path.replace("\\", "/")  # as browsers do
    port = PORT.search(place)
    name = ascii_host(place[: port.start()] if port else place)
    number = int(port[1]) if port and port[1] else None
    if not name or (number is not None and not 0 < number < 65536):
        return None
    return Parts(scheme.lower(), name, number, path, query[1:], fragment[1:])


def ascii_host(name):
    """Return a host name as it is asked of the DNS, an IPv6 address without brackets, or ""."""
    if name.startswith("[") and name.endswith("]"):
        try:
            return "" if "%" in name else str(IPv6Address(name[1:-1]))
        except ValueError:
            return ""
    if len(name) > 253 * 4:
        return ""
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    name = name.lower().removesuffix(".")
    return name if len(name) <= 253 and NAME.fullmatch(name) else ""


def bracketed(name):
    return f"[{name}]" if ":" in name else name


def without_www(name):
    while name.startswith("www.") and "." in name[4:]:
        name = name[4:]
    return name


def untracked(query):
    """Return the parameters of ``query`` that say what is shown, each as it was written."""
    return [part for part in query.split("&") if not is_tracking(part)] if query else []


def is_tracking(parameter):
    name = unquote(parameter.partition("=")[0]).lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)


def normal(text):
    """Return ``text`` with one spelling of every percent-encoded character."""
    return ESCAPE.sub(_one_spelling, text)


def _one_spelling(match):
    code, character = match.groups()
    if code:
        decoded = chr(int(code, 16))
        return decoded if decoded in UNRESERVED else f"%{code.upper()}"
    return encoded(character)


def visible(text):
    """Return ``text`` with what could not be seen in an address percent-encoded."""
    if text.isascii() and PLAIN.fullmatch(text):
        return text
    return "".join(c if c.isprintable() and c not in ' "<>\\' else encoded(c) for c in text)


def encoded(character):
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


def plain_path(path):
    """Return a path without dot segments, index file and slash at the end; "/" for the root."""
    kept = []
    for segment in normal(path).split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    path = "/" + "/".join(kept)
    while True:
        shorter = path.rstrip("/")
        for index in INDEXES:
            shorter = shorter.removesuffix(index)
        if shorter == path:
            return path
        if not shorter:
            return "/"
        path = shorter
