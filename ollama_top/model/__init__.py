"""The frozen values that every other room speaks in.

Nothing here reads, writes, or knows a library beyond the standard one.
"""
