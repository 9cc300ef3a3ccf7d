"""Uploads: what is refused and with which words, what is kept and what is not."""

import io
import time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin

from images import files, sniffing, uploads, workshop
from images.models import Image
from tests.images import samples
from tests.images.samples import upload

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def receive(content, name="foto.jpg", **texts):
    return uploads.receive(upload(content, name), **{"title": "Prova", "alt": "Prova"} | texts)


def refused(content, name="foto.jpg"):
    """The sentence with which an upload is refused, having checked that nothing is left."""
    with pytest.raises(uploads.Refused) as caught:
        receive(content, name)
    assert_nothing_left()
    return caught.value.messages[0]


def assert_nothing_left():
    assert not Image.objects.exists()
    assert stored() == []


def stored():
    """Every file of the media store but the lock; folders that stay behind count."""
    root = files.path("")
    found = [p for p in root.rglob("*") if p.is_file() or p.parent.name == ".work"]
    return sorted(str(p.relative_to(root)) for p in found if p.name != "lock")


def opened(image):
    with Pillow.open(files.path(image.name)) as picture:
        picture.load()
        return picture


# --- I1: bombs and odd formats ---


def test_i1_a_small_file_that_declares_gigabytes_is_refused_before_decoding():
    bomb = samples.bomb()
    assert len(bomb) < 25_000

    start = time.monotonic()
    sentence = refused(bomb, "bomba.png")

    assert "30.000 × 30.000 punti" in sentence
    assert time.monotonic() - start < 2


def test_i1_one_side_too_long_is_refused():
    assert "20.001 × 1 punti" in refused(samples.png(20_001, 1, (b"IDAT", b"")))


def test_i1_300_megabytes_of_packed_text_are_refused():
    talkative = samples.talkative()
    assert len(talkative) < 400_000

    assert "testi nascosti" in refused(talkative, "chiacchiere.png")


def test_i1_20000_frames_are_refused():
    assert "20.000 fotogrammi" in refused(samples.endless(20_000), "film.gif")


def test_i1_more_than_20_megabytes_are_refused_before_anything_is_read(monkeypatch):
    monkeypatch.setattr(workshop, "work", None)

    sentence = refused(samples.photo((40, 40)) + bytes(uploads.LIMIT_BYTES))

    assert "il limite è 20 MB" in sentence
    assert "20,0 MB" in sentence


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize("kept", [0.02, 0.6])
def test_i1_a_cut_file_is_refused(form, kept):
    content = samples.photo((320, 240), form)

    assert "rovinato o incompleto" in refused(content[: int(len(content) * kept)])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_i1_a_picture_of_garbage_after_a_good_start_is_refused(form):
    assert "rovinato" in refused(samples.photo((320, 240), form)[:30] + b"\xa5" * 5000)


def test_i1_a_jpeg_that_holds_several_pictures_is_refused():
    stills = [Pillow.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    content = samples.encoded(stills[0], "MPO", save_all=True, append_images=stills[1:])

    assert "(MPO)" in refused(content)


def test_i1_a_child_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(workshop, "WALL_SECONDS", 0.01)

    assert "troppo lavoro" in refused(samples.photo())


def test_i1_a_child_that_dies_refuses_the_picture(monkeypatch, tmp_path):
    child = tmp_path / "child.py"
    child.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(workshop, "CHILD", child)

    assert "troppo lavoro" in refused(samples.photo())


def test_i1_a_child_that_wants_more_memory_than_its_limit_refuses_the_picture(
    monkeypatch, tmp_path
):
    child = tmp_path / "child.py"
    source = workshop.CHILD.read_text(encoding="utf-8")
    child.write_text(source.replace("    form = picture.format\n", "    bytearray(2 * 1024**3)\n"))
    monkeypatch.setattr(workshop, "CHILD", child)

    assert "troppo lavoro" in refused(samples.photo())


def test_i1_only_one_picture_is_worked_on_at_a_time(monkeypatch):
    monkeypatch.setattr(workshop, "WAIT_SECONDS", 0.1)
    with workshop.turn():
        assert "un’altra figura" in refused(samples.photo())
    assert receive(samples.photo()).pk


def test_i1_the_child_knows_no_secret(monkeypatch, tmp_path):
    child = tmp_path / "child.py"
    child.write_text("import json, os; print(json.dumps({'seen': sorted(os.environ)}))")
    monkeypatch.setattr(workshop, "CHILD", child)
    monkeypatch.setenv("MMUL_SECRET_KEY", "segreto")
    (tmp_path / "x").write_bytes(b"")

    assert "MMUL_SECRET_KEY" not in workshop.work({}, tmp_path / "x")["seen"]


def test_an_empty_file_is_refused():
    assert refused(b"") == "Questo file è vuoto."


# --- I2: two things in one ---

SVG = b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (SVG, "un SVG"),
        (b"\xef\xbb\xbf  <svg onload=alert(1)>", "un SVG"),
        (SVG.decode().encode("utf-16"), "un SVG"),
        (b"<!DOCTYPE html><title>x</title>", "una pagina HTML"),
        (b"  <script>alert(1)</script>", "una pagina HTML"),
        (b"%PDF-1.7\n...", "un PDF"),
        ("Perché no? È solo testo.".encode() * 300, "un testo"),
        (b"PK\x03\x04...", "un archivio ZIP o un documento d’ufficio"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "un HEIC"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isomavc1", "un video"),
        (b"II*\x00\x08\x00", "un TIFF"),
        (b"BM\x36\x00", "un BMP"),
        (b"\x80\x81\x82\x00\x01", "di un formato che non conosciamo"),
    ],
)
def test_i2_what_is_no_picture_is_told_by_its_content(content, what):
    sentence = refused(content, "innocente.jpg")

    assert sentence.startswith(f"Questo file è {what}")
    assert sentence.endswith("qui entrano solo JPEG, PNG, GIF, WebP o AVIF.")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_i2_the_type_comes_from_the_content_whatever_the_name(form):
    image = receive(samples.photo((320, 240), form), "pagina.svg")

    assert opened(image).size == (320, 240)
    assert files.type_of(image.name) == ("image/png" if form == "GIF" else "image/jpeg")


MARK = b"segnale-da-non-trovare"


def everything_hidden(form):
    """A photograph with all the metadata its format takes, and more after its end."""
    picture = Pillow.open(io.BytesIO(samples.photo((320, 240), "PNG")))
    exif = Pillow.Exif()
    exif[0x010E] = MARK.decode()  # description
    exif.get_ifd(0x8825)[29] = MARK.decode()  # GPS date
    exif.get_ifd(0x8825)[1] = "N"
    options = {"exif": exif.tobytes(), "xmp": b"<x:xmpmeta>" + MARK + b"</x:xmpmeta>"}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options["icc_profile"] = profile + MARK
    if form == "JPEG":
        options["comment"] = MARK
    if form == "PNG":
        del options["xmp"]
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", MARK.decode())
        texts.add_itxt("XML:com.adobe.xmp", MARK.decode())
        options["pnginfo"] = texts
    with picture:
        return samples.encoded(picture, form, **options) + b"<script>" + MARK + b"</script>"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_i2_exif_gps_xmp_icc_comments_and_trailing_bytes_are_gone(form):
    content = everything_hidden(form)
    assert content.count(MARK) >= 4

    image = receive(content)

    kept = files.path(image.name).read_bytes()
    assert MARK not in kept
    assert b"<script" not in kept
    picture = opened(image)
    assert not picture.getexif()
    assert set(picture.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }


def test_i2_metadata_of_a_png_that_stays_png_are_gone():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", MARK.decode())
    exif = Pillow.Exif()
    exif[0x010E] = MARK.decode()
    content = samples.drawing(pnginfo=texts, exif=exif, dpi=(72, 72), icc_profile=MARK)

    image = receive(content)

    assert opened(image).info == {}
    assert MARK not in files.path(image.name).read_bytes()


def test_i2_a_picture_that_is_also_a_script_keeps_only_its_pixels():
    polyglot = samples.movie(2).replace(b"\x3b", b"\x21\xfe\x10=1;alert(1);//xxx\x00\x3b")
    polyglot += b"/*<html><script>alert(1)</script>*/"

    image = receive(polyglot, "x.html")

    assert b"alert" not in files.path(image.name).read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_i2_the_picture_is_upright(orientation):
    # The left quarter is dark. Seen upright, the dark part moves with the orientation.
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    image = receive(samples.drawing((200, 100), "JPEG", exif=exif))

    dark = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom"}
    dark[8] = "bottom"
    picture = opened(image)
    assert picture.size == ((image.width, image.height))
    assert picture.size == ((200, 100) if orientation < 5 else (100, 200))
    width, height = picture.size
    spots = {
        "left": (9, height // 2),
        "right": (width - 9, height // 2),
        "top": (width // 2, 9),
        "bottom": (width // 2, height - 9),
    }
    shades = {side: sum(picture.getpixel(spot)) for side, spot in spots.items()}
    assert min(shades, key=shades.get) == dark[orientation]


def test_i2_colours_of_another_space_become_srgb():
    green = Pillow.new("RGB", (50, 50), (0, 255, 0))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    plain = receive(samples.encoded(green, "PNG"))
    wrong = receive(samples.encoded(green, "PNG", icc_profile=lab))
    broken = receive(samples.encoded(green, "PNG", icc_profile=b"no profile"))

    for image in (plain, wrong, broken):
        assert opened(image).getpixel((25, 25)) == (0, 255, 0)


def test_i2_a_picture_for_print_becomes_rgb():
    cyan = Pillow.new("CMYK", (50, 50), (255, 0, 0, 0))

    picture = opened(receive(samples.encoded(cyan, "JPEG")))

    assert picture.mode == "RGB"
    red, green, blue = picture.getpixel((25, 25))
    assert red < 40
    assert green > 200
    assert blue > 200


@pytest.mark.parametrize("size", [(5000, 1000), (1000, 5000)])
def test_i2_nothing_longer_than_2560_is_kept(size):
    image = receive(samples.drawing(size))

    assert max(opened(image).size) == max(image.width, image.height) == 2560
    assert min(image.width, image.height) == 512


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(mode):
    picture = Pillow.new("L", (40, 30), 255)
    picture.paste(0, (0, 0, 20, 30))
    if mode == "I;16":
        picture = picture.convert("I;16").point(lambda value: value * 128)
        expected = 127  # half grey of 16 bits is half grey of 8
    else:
        picture, expected = picture.convert(mode), 255

    kept = opened(receive(samples.encoded(picture, "PNG"))).convert("L")

    assert kept.getpixel((5, 15)) == 0
    assert kept.getpixel((35, 15)) == expected


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.photo((300, 200), "JPEG"), "image/jpeg"),
        (samples.photo((300, 200), "PNG"), "image/jpeg"),
        (samples.drawing((300, 200), "PNG"), "image/png"),
        (samples.drawing((300, 200), "GIF"), "image/png"),
        (samples.photo((300, 200), "WEBP"), "image/jpeg"),
        (samples.photo((300, 200), "AVIF"), "image/jpeg"),
        (samples.encoded(Pillow.new("RGBA", (60, 60), (9, 9, 9, 99)), "PNG"), "image/png"),
        (samples.encoded(Pillow.new("RGBA", (60, 60), (9, 9, 9, 99)), "WEBP"), "image/webp"),
        (samples.encoded(Pillow.new("RGBA", (60, 60), (9, 9, 9, 255)), "WEBP"), "image/jpeg"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_photographs_become_jpeg_and_drawings_stay_png(content, kind):
    assert files.type_of(receive(content).name) == kind


# --- I3: moving pictures ---


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_i3_a_moving_picture_is_encoded_again_with_its_rhythm(form):
    image = receive(samples.movie(3, form=form), "film.gif")

    assert image.animated
    assert image.name.endswith(".webp")
    with Pillow.open(files.path(image.name)) as picture:
        assert picture.n_frames == 3
        assert picture.size == (60, 40) == (image.width, image.height)
        picture.seek(1)
        picture.load()
        assert picture.info["duration"] == 80


def test_i3_a_moving_picture_has_no_copies_to_wait_for():
    image = receive(samples.movie())

    assert image.rendered_at
    assert not Image.objects.waiting().exists()


def test_i3_200_frames_are_taken_and_201_are_refused():
    assert "201 fotogrammi" in refused(samples.endless(201))
    assert receive(samples.movie(200, (8, 8))).animated


def test_i3_more_than_50_million_pixels_in_all_are_refused():
    assert "3 fotogrammi di 4.200 × 4.200" in refused(samples.endless(3, (4200, 4200)))


# --- I5: nothing is left ---


def test_i5_a_text_over_its_limit_leaves_nothing():
    with pytest.raises(ValidationError):
        receive(samples.photo(), title="x" * 201)
    assert_nothing_left()


@pytest.mark.both
def test_i5_an_insert_that_fails_leaves_no_file(monkeypatch):
    def fail(self, **options):
        raise IntegrityError("no")

    monkeypatch.setattr(Image, "save", fail)
    with pytest.raises(IntegrityError):
        receive(samples.photo())
    assert_nothing_left()


@pytest.mark.both
def test_i5_an_insert_the_database_refuses_leaves_no_file():
    first = receive(samples.photo())
    before = stored()
    second = Image(pk=first.pk, title="Prova")

    with pytest.raises(IntegrityError):
        uploads.keep(second, uploads.examine(upload(samples.photo())))

    assert stored() == before == [first.name]


def test_i5_a_full_disk_is_told_and_leaves_nothing(monkeypatch):
    def full(temporary, name):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "place", full)

    assert "non riesce a scrivere su disco" in refused(samples.photo())


def test_i5_what_a_killed_upload_left_is_swept(settings):
    old = files.path(".work") / "tmpvecchio"
    old.mkdir(parents=True)
    (old / "upload").write_bytes(b"x")
    workshop.sweep(files.path(".work"), now=time.time() + workshop.STALE_SECONDS - 60)
    assert old.exists()

    workshop.sweep(files.path(".work"), now=time.time() + workshop.STALE_SECONDS + 60)

    assert not old.exists()


def test_i5_a_deleted_picture_takes_its_files_along(django_capture_on_commit_callbacks):
    image = receive(samples.photo())
    stranger = files.path("ab/altro.txt")
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_bytes(b"x")
    with django_capture_on_commit_callbacks(execute=True):
        Image.objects.all().delete()
        assert stored() == sorted([image.name, "ab/altro.txt"])

    assert stored() == ["ab/altro.txt"]


# --- P5, I4: names ---


def test_p5_the_same_photograph_never_gets_the_same_name():
    content = samples.photo()

    assert receive(content).name != receive(content).name


def test_p5_names_depend_on_the_key(settings, monkeypatch):
    monkeypatch.setattr(files.secrets, "token_hex", lambda length: "0" * 2 * length)
    first = files.new_name("d" * 64, "image/jpeg")
    settings.SECRET_KEY = "un’altra chiave, di un altro sito"

    assert files.new_name("d" * 64, "image/jpeg") != first


def test_i4_the_name_is_ours_and_its_extension_is_what_we_wrote():
    image = receive(samples.photo(form="PNG"), "../../etc/passwd.php")

    assert files.OURS.fullmatch(image.name)
    assert image.name.endswith(".jpg")
    assert image.name[:2] == image.name[3:5]


def test_the_row_is_one_insert_after_all_the_work(django_assert_num_queries):
    ready = uploads.examine(upload(samples.photo()))
    with django_assert_num_queries(3):  # savepoint, insert, release
        uploads.keep(Image(title="Prova"), ready)


def test_a_picture_is_recognised_by_few_bytes():
    for form in ("JPEG", "PNG", "GIF", "WEBP", "AVIF"):
        assert sniffing.picture_format(samples.drawing((8, 8), form)[:64]) == form
