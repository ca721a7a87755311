// Who one is, which database and protocol one speaks, and whether anyone is there.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

constexpr std::string_view wrong_password = "WRONGPASS invalid username-password pair or user is disabled.";

// Compared in the same time wherever they differ.
bool is_password(const Server& server, std::string_view user, std::string_view password) {
    if (!same_octets(user, "default"))
        return false;
    const std::string_view right = server.config.password;
    if (right.empty())
        return true;
    unsigned differences = right.size() != password.size();
    for (std::size_t index = 0; index < password.size(); index++)
        differences |= static_cast<unsigned char>(password[index] ^ right[index % right.size()]);
    return differences == 0;
}

bool is_valid_name(std::string_view name) {
    for (const char octet : name)
        if (octet < '!' || octet > '~')
            return false;
    return true;
}

constexpr std::string_view name_problem = "ERR Client names cannot contain spaces, newlines or special characters.";

} // namespace

void ping(Call& call) {
    if (call.count > 2)
        return call.wrong_count();
    if (call.session.is_subscriber() && call.reply.version() == 2) {
        call.reply.array(2);
        call.reply.bulk("pong");
        return call.reply.bulk(call.count == 2 ? call[1] : std::string_view());
    }
    call.count == 2 ? call.reply.bulk(call[1]) : call.reply.simple("PONG");
}

void echo(Call& call) {
    call.reply.bulk(call[1]);
}

void auth(Call& call) {
    if (call.count > 3)
        return call.syntax_error();
    if (call.count == 2 && call.server.config.password.empty())
        return call.reply.error("ERR AUTH <password> called without any password configured for the default user. Are "
                                "you sure your configuration is correct?");
    const bool named = call.count == 3;
    if (!is_password(call.server, named ? call[1] : "default", call[named ? 2 : 1]))
        return call.reply.error(wrong_password);
    call.session.authenticated = true;
    call.reply.ok();
}

void hello(Call& call) {
    std::size_t index = 1;
    std::int64_t version = call.reply.version();
    if (call.count > 1) {
        if (!call.integer(call[1], version, "ERR Protocol version is not an integer or out of range"))
            return;
        if (version < 2 || version > 3)
            return call.reply.error("NOPROTO unsupported protocol version");
        index = 2;
    }
    std::string_view user, password, name;
    bool has_user = false, has_name = false;
    for (; index < call.count; index++) {
        if (is_word(call[index], "auth") && index + 2 < call.count) {
            user = call[index + 1];
            password = call[index + 2];
            has_user = true;
            index += 2;
        } else if (is_word(call[index], "setname") && index + 1 < call.count) {
            name = call[++index];
            has_name = true;
            if (!is_valid_name(name))
                return call.reply.error(name_problem);
        } else {
            return call.reply.error({"ERR Syntax error in HELLO option '",
                                     call[index].substr(0, call[index].find('\0')), "'"}); // as a C string
        }
    }
    if (has_user) {
        if (!is_password(call.server, user, password))
            return call.reply.error(wrong_password);
        call.session.authenticated = true;
    }
    if (!call.session.authenticated)
        return call.reply.error(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
            "<proto> AUTH <user> <pass> option can be used to authenticate the client and select "
            "the RESP protocol version at the same time");
    if (has_name)
        call.session.name.assign(name);
    call.reply.set_version(static_cast<int>(version));
    call.reply.map(7);
    call.reply.bulk("server");
    call.reply.bulk("redis");
    call.reply.bulk("version");
    call.reply.bulk(redis_version);
    call.reply.bulk("proto");
    call.reply.integer(version);
    call.reply.bulk("id");
    call.reply.integer(static_cast<std::int64_t>(call.session.id));
    call.reply.bulk("mode");
    call.reply.bulk("standalone");
    call.reply.bulk("role");
    call.reply.bulk("master");
    call.reply.bulk("modules");
    call.reply.array(0);
}

void select(Call& call) {
    std::int64_t number;
    if (!call.integer(call[1], number))
        return;
    if (number < INT32_MIN || number > INT32_MAX)
        return call.reply.error("ERR value is out of range, value must between -2147483648 and 2147483647");
    if (number < 0 || number >= databases_count)
        return call.reply.error("ERR DB index is out of range");
    call.session.database = static_cast<unsigned>(number);
    call.reply.ok();
}

void quit(Call& call) {
    call.reply.ok();
    call.session.closing = true;
}

void reset(Call& call) {
    Session& session = call.session;
    call.server.discard_transaction(session);
    call.server.pubsub.forget(session);
    session.database = 0;
    session.reply_mode = ReplyMode::On;
    session.no_evict = false;
    session.name.clear();
    session.authenticated = call.server.config.password.empty();
    call.reply.set_version(2);
    call.reply.simple("RESET");
}

void client_setname(Call& call) {
    if (!is_valid_name(call[2]))
        return call.reply.error(name_problem);
    call.session.name.assign(call[2]);
    call.reply.ok();
}

void client_setinfo(Call& call) {
    const bool is_name = is_word(call[2], "lib-name");
    if (!is_name && !is_word(call[2], "lib-ver"))
        return call.reply.error({"ERR Unrecognized option '", call[2], "'"});
    if (!is_valid_name(call[3]))
        return call.reply.error({"ERR ", call[2], " cannot contain spaces, newlines or special characters."});
    (is_name ? call.session.library_name : call.session.library_version).assign(call[3]);
    call.reply.ok();
}

void client_getname(Call& call) {
    call.session.name.empty() ? call.reply.null() : call.reply.bulk(call.session.name);
}

void client_id(Call& call) {
    call.reply.integer(static_cast<std::int64_t>(call.session.id));
}

} // namespace exo::kv::commands
