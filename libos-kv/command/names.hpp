// Commands by their names, in whatever case a client writes them.
#pragma once

#include "libos-kv/command/command.hpp"

namespace exo::kv {

class CommandNames {
public:
    // A subcommand after its parent.
    void add(Command* command);
    // Null: there is none of that name. `find` of one name finds no subcommands.
    Command* find(std::string_view name) const {
        return name.size() - 1 < short_max ? find_short(name) : find_long(name);
    }
    Command* find(const Command& parent, std::string_view name) const;

private:
    // Names of at most eight octets, which is nearly every request's, are compared as one word. They are kept as most
    // write them, in capitals or without any.
    static constexpr std::size_t short_max = 8, places = 1024;
    struct Place {
        std::uint64_t word;
        Command* command; // null: empty
    };

    static std::uint64_t word_of(std::string_view name);
    static std::size_t home(std::uint64_t word);
    void put(std::uint64_t word, Command* command);
    Command* look_up(std::uint64_t word, std::size_t size) const;
    Command* find_short(std::string_view name) const;
    Command* find_long(std::string_view name) const;

    Place short_names_[places] = {};
    Index<CommandTraits> names_; // of all, by the name as its row has it
};

} // namespace exo::kv
