"""The pool as a directory: finding, counting, importing and exporting experts."""
