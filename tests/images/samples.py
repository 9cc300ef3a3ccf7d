"""Picture files for tests, good and hostile, made on the spot."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PNG_START = b"\x89PNG\r\n\x1a\n"


def upload(content, name="foto.jpg"):
    return SimpleUploadedFile(name, content)


def photo(size=(640, 480), form="JPEG", **options):
    """The bytes of a picture with many colours, as a camera makes them."""
    noise = [Image.effect_noise(size, sigma) for sigma in (40, 60, 80)]
    return encoded(Image.merge("RGB", noise), form, **options)


def drawing(size=(640, 480), form="PNG", mode="RGB", **options):
    """The bytes of a picture with two flat colours, the left quarter dark."""
    picture = Image.new(mode, size, "white")
    picture.paste("navy", (0, 0, size[0] // 4, size[1]))
    return encoded(picture, form, **options)


def movie(frames=3, size=(60, 40), form="GIF", **options):
    stills = [Image.new("RGB", size, (n * 90 % 256, 80, n * 50 % 256)) for n in range(frames)]
    options = {"duration": 80, "loop": 0} | options
    return encoded(stills[0], form, save_all=True, append_images=stills[1:], **options)


def encoded(picture, form, **options):
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def png(width, height, *chunks):
    """A PNG whose header says ``width`` by ``height``; ``chunks`` are (type, data)."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG_START + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [(b"IHDR", header), *chunks, (b"IEND", b"")]
    )


def bomb():
    """About 20 kB that unpack to 2.7 GB of white."""
    line = zlib.compress(b"\x00" * 20_000_000, 9)
    return png(30_000, 30_000, (b"IDAT", line))


def talkative():
    """A small picture with 300 MB of text packed into its second chunk."""
    packer = zlib.compressobj(9)
    text = b"".join(packer.compress(b"a" * 1_000_000) for _ in range(300)) + packer.flush()
    pixels = zlib.compress(b"\x00" * 31 * 10)
    return png(10, 10, (b"zTXt", b"Comment\x00\x00" + text), (b"IDAT", pixels))


def endless(frames, size=(1, 1)):
    """A GIF of ``size`` with ``frames`` frames of one pixel."""
    frame = b"\x21\xf9\x04\x00\x01\x00\x00\x00" + b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00"
    frame += b"\x02\x02\x44\x01\x00"
    start = b"GIF89a" + struct.pack("<HH", *size) + b"\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    return start + frame * frames + b"\x3b"
