"""Which encoding a text file has: by its byte-order mark, by being valid UTF-8, else by what its letters would be."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO

from aigc_desktop.data.mixed import Mending, assess, most_lines
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

SAMPLE = 1 << 18
WIDE_SAMPLE = 1 << 12
PIECE = 1 << 22
MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
WIDE = ("utf-16-le", "utf-16-be")
CHINESE = ("gb18030", "big5hkscs")
OTHERS = ("cp932", "cp949", "cp1252", "cp1250", "cp1251", "koi8_r")
TRIED = "UTF-8, UTF-16, GB18030, Big5, Shift-JIS, EUC-KR, Windows-1252, Windows-1250, Windows-1251, KOI8-R"
# The commonest characters, simplified and traditional: half of any Chinese text, a few in a hundred of misread ones.
COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此"
    "已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代"
    "内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安"
    "少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光"
    "放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔父母"
    "花风春夜云江酒秋雨雪归远愁梦鸟竹柳青红绿寒草玉朝暮君独思乡客楼亭"
    "這個們來為國說時會對後過發裡種經麼學現當沒動還進樣開從實軍無與長機關點業將兩間問並應戰頭體見產東聲員論處義幾認條氣題"
    "爾別變總電數報結務場計資許統區隊決馬書聽達強難權設記類據邊張該規萬覺術領確傳師觀讓識帶導爭運筆風雲歸遠夢鳥綠鄉獨樓"
)
# How the Unicode names of what Western European texts hold beyond ASCII begin.
WESTERN = (
    *(f"LATIN SMALL LETTER {letter} WITH" for letter in "ACEINOUY"),
    *(f"LATIN CAPITAL LETTER {letter} WITH" for letter in "ACEINOU"),
    "LATIN SMALL LETTER SHARP S",
    "LATIN SMALL LETTER AE",
    "LATIN SMALL LIGATURE OE",
    "LEFT",
    "RIGHT",
    "SINGLE",
    "DOUBLE LOW",
    "EN DASH",
    "EM DASH",
    "HORIZONTAL ELLIPSIS",
    "EURO",
    "POUND",
    "SECTION",
    "DEGREE",
    "NO-BREAK",
    "INVERTED",
    "BULLET",
    "MIDDLE",
    "COPYRIGHT",
)
PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》—…·「」『』　")
UTF_8_RUN = re.compile(
    rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){4}"
)  # four Chinese characters; in other encodings next to never
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\x80-\x84\x86-\x9f]")


@dataclass(frozen=True)
class Encoding:
    """How a file is to be decoded: its encoding for `codecs`; with `mixed` line by line, since some lines are in another.

    `notes` tell the user what was found then.
    """

    name: str
    mixed: bool = False
    notes: tuple[Sentence, ...] = ()


def encoding_of(file: BinaryIO, path: object, name: object = None) -> Encoding:
    """The file's encoding; BadInput for binary data, UTF-8 that is broken in many places, or none that fits.

    `path` is how the sentence calls the file, `name` how a note does.
    """
    head = file.read(SAMPLE)
    for start, known in MARKS:
        if head.startswith(start) and (known != "utf-8-sig" or _whole(file, "utf-8") is None):
            return Encoding(known)
    if b"\0" in head or not head.isascii():
        for wide in WIDE:
            if _familiar(_decoded(head[:WIDE_SAMPLE], wide), wide=True) > 0.5:
                return Encoding(wide)
    if b"\0" in head:
        raise binary(path)
    position = _whole(file, "utf-8")
    if position is None:
        return Encoding("utf-8")
    best = max(CHINESE, key=lambda encoding: _familiar(_decoded(head, encoding)))
    chinese = _familiar(_decoded(head, best)) > 0.25
    broken = _whole(file, best, alien=UTF_8_RUN) if chinese else position
    if broken is None:
        return Encoding(best)
    mixed = _mixed(file, head, (position, broken), chinese, path if name is None else name)
    if mixed is not None:
        return mixed
    if _mostly_utf_8(file, position):
        raise BadInput(
            mark("{path} is UTF-8, but broken at byte {position}. Save it again as UTF-8."),
            path=path,
            position=position,
        )
    return Encoding(_by_statistics(head, path))


def chinese_of(line: bytes) -> str | None:
    """The Chinese encoding that a line seems to be in, else Windows-1252 if its letters are those of Western Europe."""
    texts = {encoding: _decoded(line, encoding, final=True) for encoding in (*CHINESE, "cp1252")}
    best = max(CHINESE, key=lambda encoding: _familiar(texts[encoding]))
    if _familiar(texts[best]) > 0.25:
        return best
    words = sum(1 for letter in texts["cp1252"] if letter <= "\x7f" and letter.isalpha())
    return "cp1252" if 2 * words > len(line) and _western(texts["cp1252"]) else None


def mending(encoding: Encoding) -> Mending:
    """Who reads a file of mixed encodings."""
    return Mending(encoding.name, chinese_of)


def _mixed(file: BinaryIO, head: bytes, places: tuple[int, ...], chinese: bool, name: object) -> Encoding | None:
    """The encoding of most lines, where it is UTF-8 or Chinese, or that of some, and hardly anything is in no encoding."""
    sample = head
    for place in places:
        file.seek(max(0, place - SAMPLE // 2))
        sample += b"\n" + file.read(SAMPLE)
    main, some_utf_8 = most_lines(sample, chinese_of)
    if main is None or not (some_utf_8 or chinese):
        return None
    found = Mending(main, chinese_of)
    file.seek(0)
    if not assess(file, found) or not found.small:
        return None
    return Encoding(main, True, tuple(found.sentences(name)))


def binary(path: object) -> BadInput:
    """The problem of a file that is no text."""
    return BadInput(
        mark("{path} is no text: it holds binary data. Choose a text file, such as .txt or .md."), path=path
    )


def unknown(path: object) -> BadInput:
    """The problem of a text in no known encoding."""
    return BadInput(mark("{path} has an unknown encoding: none of {tried}. Save it as UTF-8."), path=path, tried=TRIED)


def looks_binary(text: str) -> bool:
    """Does decoded text hold what no text has: zeros, or many control characters?"""
    return "\0" in text or 200 * sum(1 for _ in CONTROLS.finditer(text)) > len(text)


def _whole(file: BinaryIO, encoding: str, alien: re.Pattern[bytes] | None = None) -> int | None:
    """About where (in bytes) the file stops being in this encoding, or holds what is `alien` to it; None where it never does."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    before = 0
    file.seek(0)
    while True:
        piece = file.read(PIECE)
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            return before - waiting + error.start
        if not piece:
            return None
        if alien is not None and (found := alien.search(piece)):
            return before + found.start()
        before += len(piece)


def _mostly_utf_8(file: BinaryIO, position: int) -> bool:
    """Around this place, is the file UTF-8 but for a few places?"""
    file.seek(max(0, position - PIECE // 2))
    text = file.read(PIECE).decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(1 for letter in text if letter > "\x7f") - wrong
    return right >= 10 * max(1, wrong)


def _decoded(head: bytes, encoding: str, final: bool = False) -> str:
    """The beginning of a file, or all of it (`final`), in this encoding; empty where it does not fit."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(head, final)
    except UnicodeDecodeError:
        return ""


def _familiar(text: str, wide: bool = False) -> float:
    """The share of common letters: of all of them (`wide`), or of the Chinese ones."""
    if wide:
        good = sum(1 for letter in text if letter in COMMON or " " <= letter <= "~" or letter in "\n\r\t")
        return good / max(1, sum(1 for letter in text if letter not in PUNCTUATION))
    letters = [letter for letter in text if letter > "\x7f" and letter not in PUNCTUATION]
    return sum(1 for letter in letters if letter in COMMON) / max(1, len(letters))


def _by_statistics(head: bytes, path: object) -> str:
    if _western(_decoded(head, "cp1252")):
        return "cp1252"
    from charset_normalizer import from_bytes

    matches = from_bytes(head, cp_isolation=[*CHINESE, *OTHERS])
    best = matches.best()
    if best is None or looks_binary(str(best)):
        raise unknown(path)
    return best.encoding


def _western(text: str) -> bool:
    """Is it text, and all of its letters beyond ASCII those of Western Europe?"""
    return bool(text) and all(
        unicodedata.name(letter, "").startswith(WESTERN) for letter in set(text) if letter > "\x7f"
    )
