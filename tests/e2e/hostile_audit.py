"""What may stand in a page, judged by the browser that drew it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Response

__all__ = ["Visitor"]

_LISTEN: Final = """
window.__breaches = [];
document.addEventListener("securitypolicyviolation", function (event) {
  window.__breaches.push(event.violatedDirective + " " + event.blockedURI);
});
"""
_CITED: Final = ("github.com", "www.caida.org", "doi.org")
"""Hosts that our own templates and documents name."""
_AUDIT: Final = r"""
(known) => {
  const found = [];
  const say = (what, node) => found.push(what + ": " + node.outerHTML.slice(0, 200));
  const scripts = Array.from(document.scripts);
  if (scripts.length !== 1 || scripts[0].textContent ||
      new URL(scripts[0].src).pathname !== "/static/site.js") {
    found.push("scripts: " + scripts.map((one) => one.outerHTML.slice(0, 100)).join(" "));
  }
  const never = "iframe, frame, object, embed, applet, base, meta[http-equiv], img, video, audio," +
    " source, template, noscript, math, portal, foreignObject, animate, set, use, image, style," +
    " marquee, x-hit, [data-hit], [style], [target], [formaction], [srcdoc], [background], [ping]";
  document.querySelectorAll(never).forEach((node) => say("element", node));
  document.querySelectorAll("link").forEach((node) => {
    if (!["stylesheet", "icon", "alternate"].includes(node.rel)) { say("link", node); }
  });
  const addressed = ["href", "src", "action", "xlink:href", "data", "poster", "cite"];
  document.querySelectorAll("*").forEach((node) => {
    for (const attribute of node.attributes) {
      if (attribute.name.startsWith("on")) { say("handler", node); }
      if (!addressed.includes(attribute.name) || attribute.value.startsWith("#")) { continue; }
      if (node.localName === "data") { continue; }
      const isSource = node.localName === "a" && node.relList.contains("noreferrer") &&
        /^https?:\/\//.test(attribute.value);
      if (isSource && !URL.canParse(attribute.value)) { continue; }
      const url = new URL(attribute.value, document.baseURI);
      const isOurs = url.origin === location.origin;
      const isText = attribute.value.startsWith("data:text/plain;charset=utf-8,");
      const isSaved = isText && node.localName === "a" && node.hasAttribute("download");
      const isWritten = node.localName === "a" && known.includes(url.hostname);
      if (!(isOurs || isSaved || isSource || isWritten)) { say("address", node); }
    }
  });
  if (window.__hit !== undefined) { found.push("it ran: " + window.__hit); }
  window.__breaches.forEach((one) => found.push("breach: " + one));
  const written = [];
  const walk = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { written.push(walk.currentNode.data); }
  document.querySelectorAll("*").forEach((node) => {
    for (const attribute of node.attributes) { written.push(attribute.value); }
  });
  for (const text of written) {
    const rest = text.replace(/\u2068[^\u202a-\u202e\u2066-\u2069]*\u2069/g, "");
    if (/[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000e-\u001f\u007f-\u009f]/.test(rest)) {
      found.push("turning: " + JSON.stringify(rest.slice(0, 200)));
    }
  }
  if (document.body.textContent.includes("{{") && document.body.textContent.includes("49 }}")) {
    found.push("a template of theirs was drawn");
  }
  return found;
}
"""


class Visitor:
    """A browser that opens pages, and notes all that a page must not do."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._base = base
        self.context: BrowserContext = browser.new_context()
        self.context.add_init_script(_LISTEN)
        self.page: Page = self.context.new_page()
        self._noted: list[str] = []
        self.page.on("request", lambda request: self._ask(request.url))
        self.page.on("console", lambda message: self._noted.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self._noted.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("popup", lambda popup: self._noted.append(f"window: {popup.url}"))

    def _ask(self, url: str) -> None:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self._base and parts.scheme != "data":
            self._noted.append(f"request elsewhere: {url}")

    def _dialog(self, dialog: Any) -> None:
        self._noted.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, path: str) -> Response:
        """Open a page of the site."""
        answer = self.page.goto(self._base + path, wait_until="load")
        assert answer is not None
        return answer

    def faults(self) -> list[str]:
        """List what the page holds or did that it must not."""
        found: list[str] = self.page.evaluate(_AUDIT, list(_CITED))
        if self.context.cookies():
            found.append("a cookie")
        found += self._noted
        self._noted.clear()
        return found

    def words(self) -> str:
        """Give the text that a reader sees."""
        return self.page.locator("body").inner_text()

    def close(self) -> None:
        """Close the window."""
        self.context.close()
