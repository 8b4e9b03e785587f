"""The Bot API's methods, with the checks and the error texts of the real one (core.telegram.org/bots/api)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.telegram.stand_in_state import Chat, Refused, Seen, World
from tests.telegram.stand_in_text import BadHtml, Formatted, read_html, utf16_length

__all__ = ["METHODS", "message_json"]

TEXT_AT_MOST = 4096
CALLBACK_DATA_BYTES = 64
BUTTONS_AT_MOST = 100
DELETE_WITHIN = timedelta(hours=48)
DELETE_AT_ONCE = 100


def message_json(world: World, chat: Chat, seen: Seen) -> dict[str, Any]:
    """A message as the API shows it."""
    body: dict[str, Any] = {
        "message_id": seen.id, "date": int(seen.date.timestamp()), "chat": chat.as_json(),
        "from": world.bot if seen.by_bot else chat.user, "text": seen.text, "entities": seen.entities,
    }
    if seen.edited:
        body["edit_date"] = int(world.now().timestamp())
    if seen.buttons:
        body["reply_markup"] = {"inline_keyboard": [[{"text": t, "callback_data": d}] for t, d in seen.buttons]}
    return body


def _text(params: dict[str, Any]) -> Formatted:
    raw = str(params.get("text") or "")
    mode = params.get("parse_mode")
    if mode not in (None, "", "HTML"):
        raise Refused(400, "Bad Request: unsupported parse_mode")
    try:
        formatted = read_html(raw) if mode else Formatted(raw)
    except BadHtml as error:
        raise Refused(400, f"Bad Request: can't parse entities: {error}") from None
    if not formatted.text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if utf16_length(formatted.text) > TEXT_AT_MOST:
        raise Refused(400, "Bad Request: message is too long")
    return formatted


def _buttons(markup: dict[str, Any] | None) -> list[tuple[str, str]]:
    found = []
    for row in (markup or {}).get("inline_keyboard", ()):
        for button in row:
            data = button.get("callback_data", "")
            if not button.get("text"):
                raise Refused(400, "Bad Request: inline keyboard button text must be non-empty")
            if "url" not in button and not 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
            found.append((button["text"], data))
    if len(found) > BUTTONS_AT_MOST:
        raise Refused(400, "Bad Request: reply markup is too long")
    return found


def _keyboard(chat: Chat, markup: dict[str, Any] | None) -> dict[str, Any] | None:
    if markup is None or "inline_keyboard" in markup:
        return None
    for row in markup.get("keyboard", ()):
        for button in row:
            if button.get("request_location") and chat.type != "private":
                raise Refused(400, "Bad Request: location can be requested in private chats only")
    return markup


def get_me(world: World, params: dict[str, Any]) -> Any:
    return {**world.bot, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


def send_message(world: World, params: dict[str, Any]) -> Any:
    chat = world.chat(int(params["chat_id"]))
    formatted, markup = _text(params), params.get("reply_markup")
    keyboard = _keyboard(chat, markup)
    seen = world.add_message(chat, True, formatted.text, entities=formatted.entities, buttons=_buttons(markup), keyboard=keyboard)
    if keyboard is not None:
        chat.keyboard = None if keyboard.get("remove_keyboard") else keyboard
    return message_json(world, chat, seen)


def _own(world: World, params: dict[str, Any], what: str) -> tuple[Chat, Seen]:
    chat = world.chat(int(params["chat_id"]))
    seen = chat.messages.get(int(params["message_id"]))
    if seen is None:
        raise Refused(400, f"Bad Request: message to {what} not found")
    if not seen.by_bot:
        raise Refused(400, "Bad Request: message can't be edited")
    return chat, seen


def _edited(world: World, chat: Chat, seen: Seen) -> dict[str, Any]:
    chat.revision += 1
    seen.revision, seen.edited = chat.revision, True
    return message_json(world, chat, seen)


def edit_message_text(world: World, params: dict[str, Any]) -> Any:
    chat, seen = _own(world, params, "edit")
    formatted, buttons = _text(params), _buttons(params.get("reply_markup"))
    if (formatted.text, formatted.entities, buttons) == (seen.text, seen.entities, seen.buttons):
        raise Refused(400, "Bad Request: message is not modified")
    seen.text, seen.entities, seen.buttons = formatted.text, formatted.entities, buttons
    return _edited(world, chat, seen)


def edit_message_reply_markup(world: World, params: dict[str, Any]) -> Any:
    chat, seen = _own(world, params, "edit")
    buttons = _buttons(params.get("reply_markup"))
    if buttons == seen.buttons:
        raise Refused(400, "Bad Request: message is not modified")
    seen.buttons = buttons
    return _edited(world, chat, seen)


def answer_callback_query(world: World, params: dict[str, Any]) -> Any:
    query = world.queries.get(str(params["callback_query_id"]))
    if query is None or query["answered"]:
        raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    query.update(answered=True, text=params.get("text"))
    return True


def _deletable(world: World, chat: Chat, message_id: int) -> Seen | None:
    seen = chat.messages.get(message_id)
    if seen is None or world.now() - seen.date > DELETE_WITHIN:
        return None
    return seen if seen.by_bot or chat.type == "private" else None  # others' messages: in private chats only


def delete_message(world: World, params: dict[str, Any]) -> Any:
    chat, message_id = world.chat(int(params["chat_id"])), int(params["message_id"])
    if message_id not in chat.messages:
        raise Refused(400, "Bad Request: message to delete not found")
    if _deletable(world, chat, message_id) is None:
        raise Refused(400, "Bad Request: message can't be deleted for everyone")
    del chat.messages[message_id]
    return True


def delete_messages(world: World, params: dict[str, Any]) -> Any:
    chat, ids = world.chat(int(params["chat_id"])), params["message_ids"]
    if not 1 <= len(ids) <= DELETE_AT_ONCE:
        raise Refused(400, "Bad Request: too many messages to delete")
    for message_id in ids:
        if _deletable(world, chat, int(message_id)) is not None:
            del chat.messages[int(message_id)]
    return True


def send_chat_action(world: World, params: dict[str, Any]) -> Any:
    world.chat(int(params["chat_id"]))
    return True


def leave_chat(world: World, params: dict[str, Any]) -> Any:
    chat = world.chat(int(params["chat_id"]))
    if chat.type == "private":
        raise Refused(400, "Bad Request: chat member status can't be changed in private chats")
    chat.left = True
    return True


def _language(params: dict[str, Any]) -> str:
    code = str(params.get("language_code") or "")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise Refused(400, "Bad Request: invalid language code specified")
    return code


def set_my_commands(world: World, params: dict[str, Any]) -> Any:
    commands = params["commands"]
    if len(commands) > 100:
        raise Refused(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    scope = (params.get("scope") or {"type": "default"})["type"]
    world.commands[scope, _language(params)] = commands
    return True


def set_my_description(world: World, params: dict[str, Any]) -> Any:
    if len(params.get("description") or "") > 512:
        raise Refused(400, "Bad Request: bot description is too long")
    world.descriptions[_language(params)] = params.get("description") or ""
    return True


def set_my_short_description(world: World, params: dict[str, Any]) -> Any:
    if len(params.get("short_description") or "") > 120:
        raise Refused(400, "Bad Request: bot short description is too long")
    world.short_descriptions[_language(params)] = params.get("short_description") or ""
    return True


def set_webhook(world: World, params: dict[str, Any]) -> Any:
    secret = str(params.get("secret_token") or "")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise Refused(400, "Bad Request: secret token contains unallowed characters")
    if not params.get("url"):
        return delete_webhook(world, params)
    world.webhook = {"url": params["url"], "secret": secret, "max_connections": int(params.get("max_connections") or 40)}
    if str(params.get("drop_pending_updates", "")).lower() == "true":
        world.pending.clear()
    world.on_update()
    return True


def delete_webhook(world: World, params: dict[str, Any]) -> Any:
    world.webhook = None
    if str(params.get("drop_pending_updates", "")).lower() == "true":
        world.pending.clear()
    return True


def get_webhook_info(world: World, params: dict[str, Any]) -> Any:
    url = world.webhook["url"] if world.webhook else ""
    return {"url": url, "has_custom_certificate": False, "pending_update_count": len(world.pending)}


METHODS: dict[str, Callable[[World, dict[str, Any]], Any]] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "answerCallbackQuery": answer_callback_query,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "sendChatAction": send_chat_action,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands,
    "setMyDescription": set_my_description,
    "setMyShortDescription": set_my_short_description,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
