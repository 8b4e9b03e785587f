"""How people reach the conversation core: the HTTP API, Telegram."""
