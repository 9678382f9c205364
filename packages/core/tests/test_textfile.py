"""A text file that a person saved in another way is refused with what to do."""

import errno
import gzip

import pytest

from samspil_core.textfile import read_text


def test_byte_order_mark_and_line_ends_of_windows_are_read(tmp_path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfa: \xc3\xa5\r\nb\rc\n")
    assert read_text(tmp_path / "a.txt") == "a: å\nb\nc\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a\nbc\xe5", "line 2, byte 3"),
        ("secret".encode("utf-16"), "UTF-16"),
        (gzip.compress(b"secret", mtime=0), "packed"),
        (b"PK\x03\x04\xff", "packed"),
    ],
)
def test_other_bytes_are_refused_by_name_and_place_without_what_they_say(data: bytes, why: str, tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(OSError, match=why) as caught:
        read_text(str(path))
    assert caught.value.errno == errno.EILSEQ
    assert caught.value.filename == str(path)
    assert caught.value.__context__ is None
    assert "secret" not in str(caught.value)
