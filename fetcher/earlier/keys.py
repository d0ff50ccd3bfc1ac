"""When two URLs are the same one."""

from hashlib import blake2b

from fetcher import urls


def key_of(text: str) -> str:
    """Write a URL in the one form that is compared.

    Normalised (WHATWG URL standard), without its fragment; one without a scheme stays apart from
    the same one with https, as both may be in a list and may fare differently. What is no URL is
    compared as it is written.
    """
    text = text.strip()
    guessed = not urls.has_scheme(text)
    try:
        href = urls.parse(f"https://{text}" if guessed else text).href
    except urls.UrlError:
        return f"invalid {text}"
    return f"guessed {href}" if guessed else href


def digest_of(text: str) -> bytes:
    """Give the key as 16 bytes: a million URLs share one with a chance of 1 in 10^26."""
    return blake2b(key_of(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
