"""What every answer says to a browser: load nothing from elsewhere, tell nobody, keep no trace."""

from typing import Final

__all__ = ["KEPT_FOR_EVER", "KEPT_SHORTLY", "NEVER_KEPT", "SECURITY_HEADERS"]

SECURITY_HEADERS: Final = (
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; script-src 'self'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)
KEPT_SHORTLY: Final = "public, max-age=300"
"""A page may be read again for five minutes without asking; then its tag is asked about."""
KEPT_FOR_EVER: Final = "public, max-age=31536000, immutable"
NEVER_KEPT: Final = "no-store"
