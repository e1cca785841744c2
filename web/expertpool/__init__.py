"""The pool office's desk: applications, experts, their versions and their standing."""
