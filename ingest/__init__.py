"""The world comes in: the catalogue of sources, HTTP, feed formats, and the way from a page to an article."""
