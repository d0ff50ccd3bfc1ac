"""Bot protection, told apart from what a site says itself."""

import pytest

from fetcher.judgement.bot_protection import BODY_MARKS, HEADER_MARKS, NO_NAME
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.verdict import Health, Trouble, findings_of
from tests.judgement.making import answered, read, verdict

CLOUDFLARE = b"""<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head>
<body><script>(function(){window._cf_chl_opt = {cvId: '3'};var a = document.createElement('script');
a.src = '/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=8';}());</script></body>"""
AKAMAI = b"""<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>
You don't have permission to access "http&#58;&#47;&#47;a&#46;example" on this server.<P>
Reference&#32;&#35;18&#46;2f643017&#46;1</P></BODY></HTML>"""
IMPERVA = b"""<html><head><META NAME="robots" CONTENT="noindex,nofollow"></head><body>
<iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=9&xinfo=1" frameborder=0>
Request unsuccessful. Incapsula incident ID: 1-2</iframe></body></html>"""
DATADOME = b"""<html><head><title>a.example</title></head><body><script>var dd={'rt':'c',
'host':'geo.captcha-delivery.com'}</script><script src="https://ct.captcha-delivery.com/c.js">"""
HUMAN = b"""<html><head><title>Access to this page has been denied</title></head>
<body><div id="px-captcha"></div><script>window._pxAppId = 'PX1';</script></body></html>"""
AWS = b"""<html><head><title></title><script>window.gokuProps = {"key":"A"};</script>
<script src="https://1.token.awswaf.com/1/challenge.js"></script></head></html>"""
SUCURI = b"<title>Sucuri WebSite Firewall - Access Denied</title><p>Access Denied"
DDOS_GUARD = b"<!doctype html><title>DDoS-Guard</title><script src=/.well-known/ddos-guard/js>"
F5 = b"""<html><head><title>Request Rejected</title></head><body>The requested URL was rejected.
Please consult with your administrator.<br><br>Your support ID is: 40452</body></html>"""
KASADA = b"<html><head></head><body><script>window.KPSDK={};</script><script src=/1/ips.js?x=1>"
ANUBIS = b"""<html><head><title>Making sure you&#39;re not a bot!</title>
<script id="anubis_challenge" type="application/json">{"rules":{}}</script></head>"""
ANUBIS_ABROAD = ANUBIS.replace(b"Making sure you&#39;re not a bot!", b"Moment bitte")
FASTLY = b"<html><head><title>Client Challenge</title><script src=/_fs-ch-1/script.js></script>"
VERCEL = b"<title>Vercel Security Checkpoint</title><p>We're verifying your browser"
CAPTCHA = b"<h1>One more step</h1><script src=https://www.hcaptcha.com/1/api.js></script>"

PAGES = [
    ("Cloudflare", 403, CLOUDFLARE),
    ("Cloudflare", 503, CLOUDFLARE),
    ("Cloudflare", 403, b"error code: 1020"),
    ("Akamai", 403, AKAMAI),
    ("Imperva", 200, IMPERVA),
    ("Imperva", 403, IMPERVA),
    ("DataDome", 403, DATADOME),
    ("HUMAN (PerimeterX)", 403, HUMAN),
    ("HUMAN (PerimeterX)", 429, HUMAN),
    ("AWS WAF", 202, AWS),
    ("AWS WAF", 405, AWS),
    ("Sucuri", 403, SUCURI),
    ("DDoS-Guard", 403, DDOS_GUARD),
    ("F5", 200, F5),
    ("F5", 403, F5),
    ("Kasada", 429, KASADA),
    ("Anubis", 200, ANUBIS),
    ("Anubis", 200, ANUBIS_ABROAD),
    ("Fastly", 200, FASTLY),
    ("Vercel", 429, VERCEL),
    ("hCaptcha", 403, CAPTCHA),
    ("Cloudflare", 503, b"<title>Just a moment... </title><p>Wait"),
    ("Cloudflare", 503, b'<form id="challenge-form" action="/?__cf_chl_jschl_tk__=x">'),
    ("Cloudflare", 503, b"<h1>Please wait</h1><p>DDoS protection by Cloudflare<br>Ray ID: 8f0"),
    ("hCaptcha", 403, b'<p>One more step</p><div class="h-captcha" data-sitekey="1"></div>'),
    ("reCAPTCHA", 403, b'<p>One more step</p><div class="g-recaptcha" data-sitekey="1"></div>'),
    ("Turnstile", 403, b'<p>One more step</p><div class="cf-turnstile" data-sitekey="1"></div>'),
    ("Google", 429, b"<p>Our systems have detected unusual traffic from your computer network."),
    ("Amazon", 503, b'<title>Robot Check</title><form action="/errors/validateCaptcha">'),
    (NO_NAME, 503, b"<title>Security</title><p>Checking your browser before you go on"),
    (NO_NAME, 403, b"<title>Attention</title><p>Please verify you are human"),
    (NO_NAME, 503, b"<h1>Make sure that you are not a robot</h1>"),
    (NO_NAME, 403, b"<p>Please complete the CAPTCHA to continue"),
]


@pytest.mark.parametrize(("vendor", "status", "body"), PAGES)
def test_a_page_of_protection_is_known(vendor: str, status: int, body: bytes) -> None:
    """Its verdict is unknown, and names whose page it is and by what it is known."""
    page = read(body, status=status)
    found = verdict(answered(status, title=page.title, findings=findings_of(page.fields)))
    assert (found.health, found.trouble) == (Health.UNKNOWN, Trouble.BLOCKED)
    assert len(found.reasons) == 1
    assert found.text.startswith(f"bot protection ({vendor}) answered in place of the page")
    assert f"status {status}" in found.text


@pytest.mark.parametrize(
    ("vendor", "status", "name", "value"),
    [
        ("Cloudflare", 403, "cf-mitigated", "challenge"),
        ("Cloudflare", 429, "cf-mitigated", "challenge"),
        ("AWS WAF", 202, "x-amzn-waf-action", "challenge"),
        ("AWS WAF", 405, "x-amzn-waf-action", "captcha"),
        ("Vercel", 429, "x-vercel-mitigated", "challenge"),
        ("Sucuri", 403, "x-sucuri-block", "XSS1"),
        ("DataDome", 403, "x-dd-b", "1"),
        ("Kasada", 429, "x-kpsdk-ct", "0x"),
    ],
)
def test_a_header_of_protection_is_known(vendor: str, status: int, name: str, value: str) -> None:
    """Without any body, as HEAD gets it."""
    found = verdict(answered(status, title=None, headers={name: value}))
    assert (found.health, found.trouble) == (Health.UNKNOWN, Trouble.BLOCKED)
    assert f"({vendor})" in found.text
    assert f'"{name}: {value}"' in found.text


def test_a_status_of_protection_is_known() -> None:
    """LinkedIn has one of its own."""
    found = verdict(answered(999, title=None))
    assert (found.health, found.trouble) == (Health.UNKNOWN, Trouble.BLOCKED)


OWN = [
    (403, b"<title>403 Forbidden</title><center>cloudflare</center>", Trouble.CLIENT_ERROR),
    (
        403,
        b"<title>Members only</title><script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js>",
        Trouble.CLIENT_ERROR,
    ),
    (
        403,
        b"<title>Members only</title><script src=/_Incapsula_Resource?SWJIYLWA=7></script>",
        Trouble.CLIENT_ERROR,
    ),
    (403, b"<title>Access denied</title><p>Sign in first", Trouble.CLIENT_ERROR),
    (401, b"<title>Login</title><script src=https://hcaptcha.com/1/api.js>", Trouble.CLIENT_ERROR),
    (404, b"<p>Gone</p><script src=https://hcaptcha.com/1/api.js>", Trouble.GONE),
    (404, CLOUDFLARE, Trouble.GONE),
    (503, b"<title>Down for maintenance</title>", Trouble.SERVER_ERROR),
    (500, DATADOME, Trouble.SERVER_ERROR),
    (429, b"<title>Too many requests</title>", Trouble.RATE_LIMITED),
    (403, b"", Trouble.CLIENT_ERROR),
    (401, b"<title>Login</title><p>Please verify you are human", Trouble.CLIENT_ERROR),
    (500, b"<title>Robots</title><p>Are you a robot?", Trouble.SERVER_ERROR),
]


@pytest.mark.parametrize(("status", "body", "trouble"), OWN)
def test_what_a_site_says_itself_stays(status: int, body: bytes, trouble: Trouble) -> None:
    """To stand behind protection is not to be blocked by it."""
    page = read(body, status=status)
    headers = {"server": "cloudflare"}
    result = answered(status, title=page.title, headers=headers, findings=findings_of(page.fields))
    assert verdict(result).trouble is trouble


@pytest.mark.parametrize(
    "body",
    [
        b"<title>How captchas work</title><p>A captcha by hCaptcha: hcaptcha.com/1/api.js",
        b"<title>Solve DataDome</title><p>It loads geo.captcha-delivery.com, then px-captcha",
        b"<title>Just a moment...</title><p>A poem.",
        b'<title>Anubis</title><p>id="anubis_challenge"' + b"x" * 20_000,
        b"<title>Captchas</title><p>Sites ask you to verify you are human",
        b'{"title": "geo.captcha-delivery.com"}',
        b"",
    ],
)
def test_an_ordinary_page_may_speak_of_it(body: bytes) -> None:
    """The words alone do not block."""
    assert read(body).fields == {}


def test_an_accepted_refusal_is_no_trouble() -> None:
    """Who expects a 403 gets one."""
    expected = Expectations(status=((403, 403),))
    found = verdict(answered(403, headers={"cf-mitigated": "challenge"}), expected)
    assert found.health is Health.HEALTHY


def test_the_challenge_is_not_complained_about() -> None:
    """Neither its title nor its time are those of the page."""
    expected = Expectations(title="Shop", unhealthy_after=0.1)
    found = verdict(answered(200, headers={"cf-mitigated": "challenge"}, elapsed=3), expected)
    assert [reason.trouble for reason in found.reasons] == [Trouble.BLOCKED]


def test_marks_can_be_found() -> None:
    """They are compared with lower case, so that one in capitals would never be."""
    for mark in HEADER_MARKS:
        assert mark.header == mark.header.lower()
        assert mark.value == mark.value.lower()
    for body_mark in BODY_MARKS:
        assert all(text == text.lower() for text in body_mark.texts)
