"""The way on 后续处理 after an upheld objection or a candidate who drops out: the next candidate, or a tender called anew."""
