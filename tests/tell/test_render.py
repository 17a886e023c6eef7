"""The same letter as mail, text, JSON and the page of messages behind it."""

import json
import re
from html.parser import HTMLParser

import pytest

from portevoix.nouns import Letter
from portevoix.tell import render
from portevoix.tell.letter import write
from tests.tell import invented

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Tags, attributes and visible words of a page; fails on tags that don't close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


def letters() -> list[Letter]:
    makes = [
        invented.busy_day,
        invented.quiet_day,
        invented.starred_file,
        invented.nps_file,
        invented.tiny_file,
    ]
    return [write(make(lang=lang)) for make in makes for lang in ("fr", "en")]


@pytest.mark.parametrize("letter", letters(), ids=lambda letter: f"{letter.briefs[0].kind}-{letter.lang}")
def test_the_mail_is_one_column_of_cells_without_image_script_or_anything_from_outside(letter):
    text = render.html(letter)
    page = Page(text)
    assert len(text.encode()) <= 90_000
    assert not {tag for tag, _ in page.tags} & {
        "script",
        "img",
        "svg",
        "form",
        "iframe",
        "link",
        "object",
        "video",
        "input",
    }
    assert not re.search(r"url\(|@import|https?:|javascript:|\son\w+=", text)
    assert page.named("html")[0]["lang"] == letter.lang
    wrapper = next(attrs for attrs in page.named("div") if attrs.get("role") == "article")
    assert wrapper["lang"] == letter.lang
    assert len(page.named("h1")) == 1
    assert len(page.named("h2")) >= len(letter.briefs)
    data = [attrs for attrs in page.named("table") if attrs.get("role") != "presentation"]
    assert len(data) == bool(letter.base["topics"])
    assert all("scope" in attrs for attrs in page.named("th"))
    assert all("padding" in attrs["style"] for attrs in page.named("td"))
    assert not any("margin" in attrs.get("style", "") for attrs in page.named("table"))
    assert "prefers-color-scheme: dark" in text
    assert "color-scheme: light dark" in text


@pytest.mark.parametrize("letter", letters(), ids=lambda letter: f"{letter.briefs[0].kind}-{letter.lang}")
def test_the_mailbox_shows_forty_to_ninety_characters_beside_the_subject(letter):
    hidden = re.search(r'<div style="display:none[^>]*>([^<]*)</div>', render.html(letter))
    assert hidden
    assert 40 <= len(hidden[1]) <= 90


@pytest.mark.parametrize("letter", letters(), ids=lambda letter: f"{letter.briefs[0].kind}-{letter.lang}")
def test_the_text_says_the_same_in_seventy_two_columns(letter):
    text = render.text(letter)
    assert max(map(len, text.splitlines())) <= 72
    flat = " ".join(text.split())
    for brief in letter.briefs:
        assert " ".join(brief.title.split()) in flat
        assert " ".join(brief.text.split()) in flat
    assert " ".join(letter.base["text"].split()) in flat
    seconds = {"fr": "seconde", "en": "second"}[letter.lang]
    assert re.search(rf": {letter.seconds}\s{seconds}", text)
    assert f"{letter.seconds}" in render.html(letter)


def test_the_seconds_and_the_number_are_printed():
    text = render.text(write(invented.busy_day()))
    assert "nº\u00a0128" in text
    assert "lecture\u00a0:" in text


def test_json_has_exactly_the_shape_that_programs_count_on():
    letter = write(invented.busy_day())
    data = json.loads(render.json(letter))
    assert list(data) == [
        "day",
        "number",
        "lang",
        "period",
        "words",
        "seconds",
        "quiet",
        "briefs",
        "quotes",
        "base",
    ]
    assert data["period"] == {"kind": "day", "since": "2026-11-20", "until": "2026-11-21"}
    assert data["day"] == "2026-11-20"
    assert all(list(b) == ["kind", "title", "text", "measures", "verbatims"] for b in data["briefs"])
    assert all(list(q) == ["verbatim", "text"] for q in data["quotes"])
    measure = data["briefs"][0]["measures"][0]
    assert list(measure) == [
        "name",
        "where",
        "value",
        "low",
        "high",
        "n",
        "since",
        "until",
        "unit",
        "basis",
        "note",
    ]
    assert data["base"]["verbatims"] == 412
    assert "412 messages" in data["base"]["text"]
    undated = json.loads(render.json(write(invented.nps_file())))
    assert undated["day"] is None
    assert undated["period"] == {"kind": "all", "since": None, "until": None}


def test_every_brief_and_every_quote_opens_the_words_behind_it():
    facts = invented.busy_day()
    letter = write(facts)
    texts = facts.words([each for brief in letter.briefs for each in brief.verbatims])
    page = Page(render.messages_html(letter, texts))
    anchors = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    links = [attrs["href"] for attrs in Page(render.html(letter)).named("a")]
    assert {"messages.html#b1", "messages.html#q1"} <= set(links)
    assert all(link.partition("#")[2] in anchors for link in links)
    words = "".join(page.words)
    assert all(texts[each] in words for each in letter.briefs[0].verbatims)
    assert all(quote.text in texts[quote.verbatim] for quote in letter.quotes)


def test_where_the_words_say_fewer_than_five_so_does_the_link():
    words = invented.Words().say("billing", -1, 2)
    facts = invented.facts(
        words,
        measures=[invented.share("themes.negative", 2, 412, theme="billing")],
        changes=[invented.gained("themes.negative", 2, 412, 1114, 11200, theme="billing")],
    )
    letter = write(facts)
    assert "oins de cinq" in letter.briefs[0].text
    links = re.findall(r"<a [^>]*#b1[^>]*>([^<]*)</a>", render.html(letter))
    assert links == ["Lire ces messages"]


def test_a_letter_without_a_page_of_messages_has_no_link():
    assert "<a " not in render.html(write(invented.busy_day()), messages=None)


def test_the_page_of_messages_is_capped_and_says_so():
    facts = invented.starred_file()
    letter = write(facts)
    page = render.messages_html(letter, facts.words([v for b in letter.briefs for v in b.verbatims]))
    assert page.count("<li") <= render.SHOWN * len(letter.briefs)
    assert "Les 200 premiers messages sur 330" in page


def test_a_message_that_was_forgotten_leaves_its_place_and_no_word():
    letter = write(invented.busy_day())
    page = render.messages_html(letter, {})
    assert page.count("Ce message n’est plus disponible.") == sum(len(b.verbatims) for b in letter.briefs)


def test_hostile_words_show_as_they_are_and_do_nothing():
    facts = invented.busy_day()
    letter = write(facts)
    evil = "<script>alert(1)</script><img src=x onerror=y>{{ 7*7 }}\x00\u202e</li>"
    page = render.messages_html(letter, {each: evil for each in letter.briefs[0].verbatims})
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "49" not in page.replace("{{", "")
    Page(page)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", [render.LIGHT, render.DARK], ids=["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(colours):
    for ground in ("paper", "card", "desk"):
        for ink in ("ink", "soft", "accent", "good", "link"):
            light, dark = sorted((_luminance(colours[ground]), _luminance(colours[ink])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ground, ink)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_finds_no_fault_in_either_scheme_and_nothing_overflows_a_phone(chromium, scheme, tmp_path):
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    facts = invented.busy_day(company="Fibrelune")
    letter = write(facts)
    texts = facts.words([each for brief in letter.briefs for each in brief.verbatims])
    pages = {"letter.html": render.html(letter), "messages.html": render.messages_html(letter, texts)}
    pages["stars.html"] = render.html(write(invented.starred_file()))
    for name, page in pages.items():
        (tmp_path / name).write_text(page, "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-quic", "--no-first-run"]
        )
        try:
            for name in pages:
                page = browser.new_page(viewport={"width": 320, "height": 800}, color_scheme=scheme)
                asked: list[str] = []
                page.on("request", lambda request, asked=asked: asked.append(request.url))
                page.goto((tmp_path / name).as_uri())
                assert page.evaluate("document.documentElement.scrollWidth") <= 320
                assert len(asked) == 1
                faults = Axe().run(page).response["violations"]
                serious = [
                    (f["id"], f["nodes"][0]["html"]) for f in faults if f["impact"] in ("serious", "critical")
                ]
                assert serious == [], name
                page.close()
        finally:
            browser.close()
