// The HELP of commands that have subcommands, from their table.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

Text upper(std::string_view name) {
    Text text(name);
    for (std::size_t index = 0; index < text.size(); index++)
        if (char& octet = text.data()[index]; octet >= 'a' && octet <= 'z')
            octet = static_cast<char>(octet - 32);
    return text;
}

void help(Call& call) {
    const Command& parent = *call.command.parent;
    const std::size_t mark = call.reply.mark();
    std::size_t lines = 0;
    auto line = [&](std::string_view first, std::string_view second) {
        Text text(first);
        text.append(second);
        call.reply.simple(text);
        lines++;
    };
    line(upper(parent.full_name()), " <subcommand> [<arg> ...]. Subcommands are:");
    for (const Command* child : call.server.commands())
        if (child->parent == &parent) {
            Text shape = upper(child->name);
            const int arity = child->row->arity;
            for (int given = 2; given < (arity < 0 ? -arity : arity); given++)
                shape.append(" <arg>");
            line(shape, arity < 0 ? " [<arg> ...]" : "");
        }
    call.reply.array_at(mark, lines);
}

} // namespace

void client_help(Call& call) {
    help(call);
}
void command_help(Call& call) {
    help(call);
}
void config_help(Call& call) {
    help(call);
}
void object_help(Call& call) {
    help(call);
}
void memory_help(Call& call) {
    help(call);
}
void slowlog_help(Call& call) {
    help(call);
}
void pubsub_help(Call& call) {
    help(call);
}
void cluster_help(Call& call) {
    help(call);
}
void script_help(Call& call) {
    help(call);
}
void function_help(Call& call) {
    help(call);
}

} // namespace exo::kv::commands
