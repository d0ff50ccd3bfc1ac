"""URLs as a configuration writes them."""

from fetcher import urls


def address(text: str) -> str:
    """Normalise a URL, without its fragment; one without a scheme is taken for https.

    Raises ValueError in plain words.
    """
    if not text.strip():
        raise ValueError("it is empty; write a URL")
    try:
        return urls.parse(text if urls.has_scheme(text) else f"https://{text.strip()}").href
    except urls.UrlError as error:
        raise ValueError(f"{text!r} is not a URL to check: {error}") from None
