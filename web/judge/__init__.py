"""Pages of judges: sign-in by slip, declaration, marks, report."""
