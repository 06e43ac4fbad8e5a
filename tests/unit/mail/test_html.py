import pytest
from hypothesis import given
from hypothesis import strategies as st

from koor_provision.mail.html import difference

SAID = "Hello,\n\nI accept your offer O-1, revision 2.\n\nAnna Example"


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hello,</p><p>I accept your offer O-1, revision&nbsp;2.<br>Anna Example</p>",
        """<html><head><style>p {margin: 0}</style><title>Mail</title></head>
        <body><div>Hello, <b>I ac</b>cept your offer
        O-1, revision 2.</div><img src=x><!-- a note --><table><tr><td>Anna</td><td>Example</td></tr></table></body>""",
        """<!--[if gte mso 9]><xml><o:AllowPNG/>some word</xml><![endif]-->
        <p>Hello, I accept your offer O-1, revision 2.
        <o:p></o:p></p><![if !supportLists]><p>Anna Example</p><![endif]>""",
    ],
)
def test_the_same_words(html):
    assert difference(html, SAID) is None


def test_links_as_programs_write_them_into_the_plain_text():
    html = "<p>Anna <a href='https://bakery.example/'>Example</a> <img alt=Logo></p>"

    assert difference(html, "Anna Example <https://bakery.example/> [image: Logo]") is None


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p>Hello, I do not accept your offer O-1, revision 2. Anna Example</p>", "says something else"),
        ("<p>Hello, I accept your offer O-1, revision 2. Anna Example</p><p>Not.</p>", "says something else"),
        ("<p></p>", "says something else"),
        ("<s>Hello, I accept your offer O-1, revision 2.</s> Anna Example", "uses <s>"),
        ("<p style='text-decoration: line-through'>Hello</p>", "uses the style of <p>"),
        ("<style>p::before {content: 'NOT'}</style><p>Hello</p>", "uses <style>"),
        ("<style>p::before {c\\6fntent: 'NOT'}</style><p>Hello</p>", "uses <style>"),
        ("<script>document.write('NOT')</script>", "uses <script>"),
        ("<p onclick='x()'>Hello</p>", "uses the style of <p>"),
        ("<input value=NOT>", "uses <input>"),
        ("<!--[if mso]><p>We do NOT accept</p><![endif]-->", "uses a text for one mail program only"),
        ("<!-- x --!><p>NOT</p><!-- -->", "uses an odd comment"),
        ("<![CDATA[ NOT ]]>", "uses a marked section"),
        ("<p>Hello</p><!-- x", "is not well formed"),
        ("<p>Hello</p><p", "is not well formed"),
        ("<![foo[ x>", "is not well formed"),
    ],
)
def test_what_may_show_something_else(html, reason):
    assert reason in (difference(html, SAID) or "")


PIECES = [
    "<",
    ">",
    "</",
    "<!",
    "<!--",
    "-->",
    "--!>",
    "<![",
    "]]>",
    "<![if ",
    "<?",
    "&#",
    ";",
    "'",
    '"',
    "=",
    " ",
    "p",
    "style",
]


@given(parts=st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30))
def test_no_html_is_a_traceback_or_passes_for_another_text(parts):
    assert difference("".join(parts) + "<p>NOT</p>", "I accept")
