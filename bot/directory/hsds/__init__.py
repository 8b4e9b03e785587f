"""Human Services Data Specification 3.0 (Open Referral): our services in its words and back, as JSON and as tables.

sheets.py: its tables and columns, and our extension · outward.py, written.py: writing · inward.py: reading
"""
