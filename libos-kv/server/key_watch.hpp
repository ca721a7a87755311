// Who wants to know of changes to which keys: for WATCH, and for commands that wait.
#pragma once

#include "libos-kv/data/index.hpp"
#include "libos-kv/session/session.hpp"

namespace exo::kv {

class KeyWatch {
public:
    KeyWatch() = default;
    KeyWatch(const KeyWatch&) = delete;
    KeyWatch& operator=(const KeyWatch&) = delete;
    ~KeyWatch();

    bool empty() const { return index_.empty(); }
    void add(std::size_t database, std::string_view key, Session& session);
    void remove(std::size_t database, std::string_view key, Session& session);
    // In the order in which they came; null: nobody. Valid until the next change.
    const Array<Session*>* watchers(std::size_t database, std::string_view key) const;
    // visit(key, watchers) for every watched key of a database.
    template <typename Visit>
    void for_each(std::size_t database, Visit visit) const {
        index_.for_each([&](const Watch& watch) {
            if (static_cast<unsigned char>(watch.name.data()[0]) == database)
                visit(watch.name.view().substr(1), watch.sessions);
        });
    }

private:
    struct Watch {
        Text name; // an octet of the database, then the key
        Array<Session*> sessions;
    };
    struct WatchTraits {
        using Item = Watch;
        static std::string_view key(const Watch& watch) { return watch.name; }
    };
    static Text name_of(std::size_t database, std::string_view key);

    Index<WatchTraits> index_;
};

} // namespace exo::kv
