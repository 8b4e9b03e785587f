"""The directory: services in HSDS terms, what fits a person's need here and now, and the card that says it.

Plain rules: records, forms, hours, holidays, area, distance, index, ranking, search, cards, phrases.
Storage: tables, storage, catalogue (the snapshot that callers search), load, imports.
"""
