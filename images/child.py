"""The child process that opens strangers' pictures. Run by workshop.py, never imported by Django.

Standard library and Pillow only: it starts in a tenth of a second and knows no secret. A job is
one JSON object in the first argument, the answer is one JSON object on standard output.
"""

import errno
import json
import os
import resource
import runpy
import sys
import warnings
from pathlib import Path

MEMORY = 1024**3  # bytes of address space
CPU_SECONDS = 20
FILE_BYTES = 64 * 1024**2  # of one file we write

FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF"]
PIXELS = 50_000_000  # all frames together
SIDE = 20_000
FRAMES = 200
LONGEST = 2560  # of what we keep

FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


class Refused(Exception):
    """What is wrong with the file: a word that uploads.py turns into a sentence."""

    def __init__(self, reason, **facts):
        super().__init__(reason)
        self.answer = {"refused": reason, **facts}


def limit_ourselves():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    os.nice(5)
    warnings.simplefilter("error")


def main():
    limit_ourselves()
    job = json.loads(sys.argv[1])
    try:
        answer = JOBS[job["do"]](job)
    except Refused as refused:
        answer = refused.answer
    except MemoryError:
        answer = {"refused": "work"}
    except Exception as error:
        # A decoder may raise anything. The words go to the log, the reader gets a sentence.
        sys.stderr.write(f"{type(error).__name__}: {error}"[:500])
        answer = {"refused": reason_of(error)}
    sys.stdout.write(json.dumps(answer))


def reason_of(error):
    if getattr(error, "errno", None) in FULL_DISK:
        return "disk"
    # Pillow's limits on what a PNG's text chunks may unpack to.
    return "text" if "MAX_TEXT" in str(error) else "broken"


# --- opening -----------------------------------------------------------------


def open_picture(file):
    """Return the opened picture, its pixels still undecoded. Raises Refused by its header."""
    # All five are imported here: Image.open would otherwise load every plugin it has.
    from PIL import (  # noqa: F401
        AvifImagePlugin,
        GifImagePlugin,
        Image,
        ImageFile,
        JpegImagePlugin,
        PngImagePlugin,
        WebPImagePlugin,
    )

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # asked two lines below, where the numbers can be told
    picture = Image.open(file, formats=FORMATS)
    width, height = picture.size
    if width * height > PIXELS or max(width, height) > SIDE:
        raise Refused("pixels", width=width, height=height)
    Image.MAX_IMAGE_PIXELS = PIXELS
    # A plugin may hand over to another one: a JPEG that holds several becomes an MPO.
    if picture.format not in FORMATS:
        raise Refused("several")
    return picture


def count_frames(picture):
    frames = picture.n_frames if getattr(picture, "is_animated", False) else 1
    if frames > 1 and (frames > FRAMES or frames * picture.width * picture.height > PIXELS):
        width, height = picture.size
        raise Refused("frames", frames=frames, width=width, height=height)
    return frames


# --- making it ours ----------------------------------------------------------


def normalise(job):
    """Write our own encoding of standard input to ``job["target"]``.

    Upright, sRGB, at most LONGEST pixels, and nothing of the file but its pixels.
    """
    from PIL import Image

    picture = open_picture(sys.stdin.buffer)
    form = picture.format
    frames = count_frames(picture)
    if frames > 1:
        kind, size = keep_moving(picture, frames, job["target"])
    else:
        if form == "JPEG":
            # Decodes at a half, a quarter, an eighth, while that is still twice what we keep.
            picture.draft(None, (LONGEST * 2, LONGEST * 2))
        picture.load()
        still = turn_upright(picture, shrink(in_plain_mode(picture), Image.Resampling.LANCZOS))
        still = bare(without_idle_alpha(in_srgb(still, picture.info.get("icc_profile"))))
        kind, size = keep_still(still, form, job["target"]), still.size
    return {"type": kind, "width": size[0], "height": size[1], "animated": frames > 1}


def in_plain_mode(picture):
    """Palettes, masks, 16 bits and odd alphas become L, RGB, RGBA; CMYK waits for its profile."""
    if "transparency" in picture.info or picture.mode in ("LA", "La", "PA", "RGBa", "RGBX"):
        return picture.convert("RGBA")
    if picture.mode.startswith("I"):  # 16-bit grey; convert() would cut instead of scaling
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode == "1":
        return picture.convert("L")
    return picture if picture.mode in ("L", "RGB", "RGBA", "CMYK") else picture.convert("RGB")


def shrink(picture, resampling):
    if max(picture.size) <= LONGEST:
        return picture
    factor = LONGEST / max(picture.size)
    size = tuple(max(1, round(side * factor)) for side in picture.size)
    return picture.resize(size, resampling, reducing_gap=2.0)


def turn_upright(source, picture):
    """Apply the orientation that ``source`` declares; a declaration nobody can read is none."""
    from PIL import Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(source.getexif().get(0x0112))
    except Exception:
        turn = None
    return picture.transpose(turn) if turn is not None else picture


def in_srgb(picture, profile):
    """Return the picture in sRGB. A broken profile, or one of another colour space, is ignored."""
    from io import BytesIO

    from PIL import ImageCms

    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        try:
            theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
            if not ImageCms.getProfileDescription(theirs).startswith("sRGB"):
                ours = ImageCms.createProfile("sRGB")
                return ImageCms.profileToProfile(picture, theirs, ours, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def without_idle_alpha(picture):
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        return picture.convert("RGB")
    return picture


def bare(picture):
    """A copy with pixels and nothing else: encoders read comments and profiles from ``info``."""
    from PIL import Image

    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    return clean


def keep_still(picture, form, target):
    """Write the picture in the format that suits it; return the media type."""
    if form in ("PNG", "GIF"):
        kind = "image/png" if prefers_png(picture) else "image/jpeg"
    elif picture.mode == "RGBA":
        kind = "image/webp"
    else:
        kind = "image/jpeg"
    write(picture, kind, target, MASTER)
    return kind


def prefers_png(picture):
    """Drawings and screenshots stay PNG; a photograph saved as PNG becomes a JPEG."""
    from io import BytesIO

    if picture.mode == "RGBA" or picture.getcolors(256):
        return True
    png, jpeg = BytesIO(), BytesIO()
    sample = picture.copy()
    # Told from a reduced area in full resolution: resizing would blur what makes it a drawing.
    if max(sample.size) > 800:
        x, y = (max(0, (side - 800) // 2) for side in sample.size)
        sample = sample.crop((x, y, min(x + 800, sample.width), min(y + 800, sample.height)))
    sample.save(png, "PNG")
    sample.save(jpeg, "JPEG", quality=88)
    return png.tell() <= 2 * jpeg.tell()


def keep_moving(picture, frames, target):
    """Write every frame anew as animated WebP; return the media type and the size."""
    from PIL import Image

    stills, durations = [], []
    for number in range(frames):
        picture.seek(number)
        still = bare(shrink(picture.convert("RGBA"), Image.Resampling.BILINEAR))
        stills.append(still)
        # Zero means "as fast as you can" in 1989; browsers show such frames for 100 ms.
        milliseconds = round(picture.info.get("duration") or 100)
        durations.append(min(max(milliseconds, 20), 60_000))
    loop = min(max(int(picture.info.get("loop", 1)), 0), 65_535)
    stills[0].save(
        target,
        "WEBP",
        save_all=True,
        append_images=stills[1:],
        duration=durations,
        loop=loop,
        quality=75,
        method=1,
    )
    return "image/webp", stills[0].size


# --- smaller copies ----------------------------------------------------------


def copies(job):
    """Write the copies ``[{"width", "type", "target"}, ...]`` of our own file on standard input."""
    from PIL import Image

    picture = open_picture(sys.stdin.buffer)
    drawn = picture.format == "PNG"
    picture = in_plain_mode(picture)
    sizes = {}
    for copy in job["copies"]:
        width = copy["width"]
        if width not in sizes:
            height = max(1, round(picture.height * width / picture.width))
            sizes[width] = bare(
                picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
            )
        avif = {"subsampling": "4:4:4", "quality": 65} if drawn else {}
        write(sizes[width], copy["type"], copy["target"], COPY, **avif)
    return {"made": len(job["copies"])}


# --- what other sites show -----------------------------------------------------


def crops(job):
    """Write the parts ``[{"box", "size", "type", "target"}, ...]`` of our own file; still ones."""
    from PIL import Image

    picture = in_plain_mode(open_picture(sys.stdin.buffer))
    for crop in job["crops"]:
        part = bare(
            picture.resize(
                crop["size"], Image.Resampling.LANCZOS, box=crop["box"], reducing_gap=3.0
            )
        )
        if part.mode == "RGBA" and crop["type"] == "image/jpeg":
            ground = Image.new("RGB", part.size, "white")
            ground.paste(part, mask=part)
            part = ground
        write(part, crop["type"], crop["target"], COPY)
    return {"made": len(job["crops"])}


def card(job):
    """Draw a story's card. Its code is a file of its own, and a child is a script: no import."""
    drawing = runpy.run_path(str(Path(__file__).with_name("lettering.py")))
    drawing["draw"](job).save(job["target"], **PNG)
    return {"width": drawing["WIDTH"], "height": drawing["HEIGHT"]}


JPEG = {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True}
WEBP = {"format": "WEBP", "quality": 80, "method": 4}
AVIF = {"format": "AVIF", "quality": 58, "speed": 8, "max_threads": 1}
PNG = {"format": "PNG", "compress_level": 7}

MASTER = {"image/jpeg": JPEG | {"quality": 88}, "image/webp": WEBP | {"quality": 88}}
MASTER["image/png"] = PNG
COPY = {"image/jpeg": JPEG, "image/webp": WEBP, "image/png": PNG, "image/avif": AVIF}


def write(picture, kind, target, settings, **more):
    options = settings[kind] | (more if kind == "image/avif" else {})
    if options["format"] == "JPEG" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    picture.save(target, **options)


JOBS = {"normalise": normalise, "copies": copies, "crops": crops, "card": card}

if __name__ == "__main__":
    main()
