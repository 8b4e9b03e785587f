"""The people who keep the house running: navigators, table members, maintainers, administrators. Never residents.

Storage: tables, people (accounts), sessions, login (the limit on failed log-ins), audit (who did what).
"""
