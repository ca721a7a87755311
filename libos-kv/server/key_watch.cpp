// See key_watch.hpp.
#include "libos-kv/server/key_watch.hpp"

namespace exo::kv {

KeyWatch::~KeyWatch() {
    index_.drain([](Watch& watch) { destroy(&watch); });
}

Text KeyWatch::name_of(std::size_t database, std::string_view key) {
    Text name;
    name.reserve(key.size() + 1);
    name.append(static_cast<char>(database)).append(key);
    return name;
}

void KeyWatch::add(std::size_t database, std::string_view key, Session& session) {
    Text name = name_of(database, key);
    Watch* watch = index_.get(name);
    if (!watch) {
        watch = make<Watch>(std::move(name), Array<Session*>());
        index_.insert(watch);
    }
    watch->sessions.push(&session);
}

void KeyWatch::remove(std::size_t database, std::string_view key, Session& session) {
    const Text name = name_of(database, key);
    Watch* watch = index_.get(name);
    if (!watch)
        return;
    for (std::size_t index = 0; index < watch->sessions.size(); index++)
        if (watch->sessions[index] == &session) {
            watch->sessions.erase(index);
            break;
        }
    if (watch->sessions.empty())
        destroy(index_.remove(name));
}

const Array<Session*>* KeyWatch::watchers(std::size_t database, std::string_view key) const {
    if (index_.empty())
        return nullptr;
    const Watch* watch = index_.get(name_of(database, key));
    return watch ? &watch->sessions : nullptr;
}

} // namespace exo::kv
