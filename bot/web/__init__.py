"""Pages rendered by the server: the residents' chat, and what every page of the house shares."""
