"""Planted bot protection, by the marks its makers document, and what only looks like it.

Cloudflare: `cf-mitigated: challenge` on every challenge page (its documentation, "Detect a
Challenge Page response"); the older interstitial came with 503 and `/cdn-cgi/` scripts. Akamai:
"Access Denied" with a reference that begins with 18, from the server AkamaiGHost.
"""

from fetcher.judgement.verdict import Trouble
from tests.planted.case import Case, unhealthy, unknown
from tests.planted.places import serving
from tests.planted.writing import page

CLOUDFLARE = (("Server", "cloudflare"), ("CF-RAY", "8f0c0ffee0c0ffee-FRA"))
AKAMAI = (("Server", "AkamaiGHost"), ("Mime-Version", "1.0"))

JUST_A_MOMENT = b"""<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt = {cvId: '3', cType: 'managed'};
var a = document.createElement('script');
a.src = '/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1';</script>"""

CHECKING_YOUR_BROWSER = b"""<div class="cf-browser-verification cf-im-under-attack">
<h1>Checking your browser before accessing the site.</h1>
<form id="challenge-form" action="/cdn-cgi/l/chk_jschl"><input name="jschl_vc"></form></div>
<p>DDoS protection by Cloudflare</p>"""

ACCESS_DENIED = b"""<h1>Access Denied</h1>
You don't have permission to access "http&#58;&#47;&#47;shop&#46;test&#47;" on this server.<p>
Reference&#32;&#35;18&#46;c6a50517&#46;1514639126&#46;176b29a
<p>https&#58;&#47;&#47;errors&#46;edgesuite&#46;net&#47;18&#46;c6a50517&#46;1514639126</p>"""

WEB_SERVER_IS_DOWN = b"""<div id="cf-wrapper"><div id="cf-error-details"><h1>Error 521</h1>
<h2>Web server is down</h2></div></div>"""

PROTECTION: tuple[Case, ...] = (
    unknown(
        "cloudflare-403",
        serving(
            page(
                "Just a moment...",
                JUST_A_MOMENT,
                403,
                (*CLOUDFLARE, ("cf-mitigated", "challenge")),
            )
        ),
        Trouble.BLOCKED,
        "Cloudflare",
    ),
    unknown(
        "cloudflare-503",
        serving(page("Just a moment...", CHECKING_YOUR_BROWSER, 503, CLOUDFLARE)),
        Trouble.BLOCKED,
        "Cloudflare",
    ),
    unknown(
        "akamai-403",
        serving(page("Access Denied", ACCESS_DENIED, 403, AKAMAI)),
        Trouble.BLOCKED,
        "Akamai",
    ),
    # What its own server forbids or breaks is no bot protection, whoever passes it on.
    unhealthy(
        "forbidden-behind-cloudflare",
        serving(page("403 Forbidden", b"<h1>Members only</h1>", 403, CLOUDFLARE)),
        Trouble.CLIENT_ERROR,
        "403",
    ),
    unhealthy(
        "down-behind-cloudflare",
        serving(page("shop.test | 521: Web server is down", WEB_SERVER_IS_DOWN, 521, CLOUDFLARE)),
        Trouble.SERVER_ERROR,
        "521",
    ),
)
