"""Whole calls, told by callers: played against the real line, and judged by how they ended.

form    the files, read
play    one call, played by somebody who answers truthfully
judge   what came of it
"""
