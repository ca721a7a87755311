// Connections come, speak and go; time passes. What a request does: execute.cpp. Interface: server.hpp.
#include "libos-kv/server/server.hpp"
#include "libos-kv/server/recorder.hpp"

#include "libos-kv/command/table.hpp"
#include "libos-kv/data/slot.hpp"

namespace exo::kv {

namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    for (const std::string_view each : names)
        if (name == each)
            return true;
    return false;
}

void set_roles(Command& command) {
    const std::string_view name = command.full_name();
    command.runs_again = runs_again(name);
    command.is_exec = name == "exec";
    command.ends_transaction = is_one_of(name, {"exec", "discard", "quit", "reset"});
    command.is_never_queued = command.ends_transaction || is_one_of(name, {"multi", "watch"});
    command.is_for_subscribers = is_one_of(name, {"ping", "subscribe", "ssubscribe", "unsubscribe", "sunsubscribe",
                                                  "psubscribe", "punsubscribe", "quit", "reset"});
}

} // namespace

Server::Server(const Surroundings& surroundings) : random(surroundings.seed), surroundings_(surroundings) {
    hash_seed = surroundings.seed | 1;
    databases[0].slot_counts = slot_counts_;
    for (char& octet : run_id)
        octet = "0123456789abcdef"[random() & 15];
    started_us = surroundings_.monotonic_us();
    config.max_memory = static_cast<std::int64_t>(surroundings_.memory_bytes / 4 * 3);
    config.output_limits.fit(surroundings_.memory_bytes);
    // A value may be there a second time while it goes out, and keys have three quarters.
    const auto longest = static_cast<std::int64_t>(surroundings_.memory_bytes / 8);
    config.bulk_octets = longest != 0 && longest < bulk_octets_max ? longest : bulk_octets_max;
    take_vcore();
    for (const std::span<const CommandRow> family : command_families())
        for (const CommandRow& row : family) {
            Command* command = make<Command>(&row, row.name);
            const std::size_t bar = command->name.find('|');
            if (bar != command->name.npos) {
                Command* parent = names_.find(command->name.substr(0, bar));
                command->name.remove_prefix(bar + 1);
                command->parent = parent;
                parent->has_children = true;
            }
            set_roles(*command);
            names_.add(command);
            commands_.push(command);
        }
    update_clock();
}

void Server::take_vcore() {
    garbage = &removed;
    string_octets_max = static_cast<std::size_t>(config.bulk_octets);
}

Server::~Server() {
    while (!sessions_.empty())
        close(sessions_.back());
    for (Command* command : commands_)
        destroy(command);
}

void Server::update_clock() {
    measured_us_ = 0;
    now_ms_ = static_cast<std::int64_t>(surroundings_.realtime_us() / 1000);
    now_s_ = static_cast<std::uint32_t>(now_ms_ / 1000);
}

Session* Server::open(std::string_view peer, std::string_view local) {
    update_clock();
    statistics.connections++;
    if (static_cast<std::int64_t>(sessions_.size()) >= config.max_clients) {
        statistics.rejected_connections++;
        return nullptr;
    }
    Session* session = make<Session>(next_session_++);
    session->peer.assign(peer);
    session->local.assign(local);
    session->opened_ms = session->used_ms = now_ms_;
    session->authenticated = config.password.empty();
    session->is_durable = recorder && recorder->durability() != Durability::None;
    session->parser.set_bulk_max(config.bulk_octets);
    session->place = sessions_.size();
    sessions_.push(session);
    return session;
}

void Server::close(Session* session) {
    end_wait(*session);
    discard_transaction(*session);
    pubsub.forget(*session);
    Session* last = sessions_.back();
    sessions_[session->place] = last;
    last->place = session->place;
    sessions_.pop();
    for (std::size_t index = session->held.empty() ? holding_.size() : 0; index < holding_.size(); index++)
        if (holding_[index] == session) {
            holding_.erase(index);
            break;
        }
    destroy(session);
}

void Server::note_input(Session& session, std::size_t octets) {
    update_clock();
    statistics.received_octets += octets;
    session.used_ms = now_ms_;
}

bool Server::receive(Session& session, std::string_view octets) {
    note_input(session, octets.size());
    return take_input(session, octets);
}

void Server::input(Session* session, std::string_view octets) {
    note_input(*session, octets.size());
    if (session->input.empty()) {
        // Nothing is under way: requests are run where they lie, and only what they leave is kept.
        session->in_place_octets = octets.size();
        const std::size_t done = run_requests(*session, octets);
        session->in_place_octets = 0;
        if (done < octets.size())
            (void)take_input(*session, octets.substr(done)); // or it is broken
        judge(*session);
    } else if (take_input(*session, octets)) {
        process(*session);
    }
    resume();
}

// False: there is no memory for it, and a request of that length cannot be served: the session is broken.
bool Server::take_input(Session& session, std::string_view octets) {
    constexpr std::size_t always_taken = 64 * 1024;
    const std::size_t needed = session.input.size() + octets.size();
    if (needed > session.input.room()) {
        const std::size_t most = surroundings_.memory_bytes / 8 * 7;
        if (most != 0 && needed > always_taken && used_bytes() + needed * 2 > most) {
            session.broken = true;
            return false;
        }
        // An argument that is known to be long gets its room early, but not before a good part of it has come: to say a
        // length costs nothing.
        const std::size_t wanted = session.parser.wanted_octets() + session.input_taken;
        const std::size_t believed = needed * 2 + always_taken;
        if (wanted > needed)
            session.input.reserve(wanted < believed ? wanted : believed);
    }
    session.input.append(octets);
    return true;
}

void Server::process(Session& session) {
    session.input_taken += run_requests(session, session.input.view().substr(session.input_taken));
    judge(session);
    trim_input(session);
}

// Runs the requests that are whole, as far as the session may go on; octets of the input that they were.
std::size_t Server::run_requests(Session& session, std::string_view input) {
    std::size_t done = 0;
    while (!session.closing && !session.broken && !session.waiting) {
        session.paused = has_much_unsent(session);
        if (session.paused)
            break;
        if (done == input.size())
            break;
        const auto outcome = session.parser.parse(input.substr(done), session.authenticated);
        if (outcome == RequestParser::Outcome::Incomplete)
            break;
        if (outcome == RequestParser::Outcome::Broken) {
            session.reply.error({"ERR Protocol error: ", session.parser.problem()});
            session.closing = true;
            break;
        }
        if (!session.parser.arguments().empty())
            answer(session, session.parser.arguments());
        if (session.unsent() >= config.output_limits.least() || session.over_limit_since_ms != 0)
            bound_output(session);
        done += session.parser.next();
    }
    return done;
}

void Server::trim_input(Session& session) {
    constexpr std::size_t kept_bytes = 64 * 1024;
    if (session.input_taken == session.input.size()) {
        session.input_taken = 0;
        if (session.input.room() > kept_bytes)
            session.input.reset();
        else
            session.input.clear();
    } else if (session.input_taken * 2 > session.input.size()) {
        session.input.erase(0, session.input_taken);
        session.input_taken = 0;
    }
}

std::uint64_t Server::end_turn(Work work, std::uint64_t began_us) {
    const std::uint64_t now_us = surroundings_.monotonic_us();
    statistics.turns.note(work, now_us - began_us);
    return now_us;
}

// One after the other, some at each turn. True: it is through with all of them.
bool Server::look_at_sessions(std::uint64_t until_us) {
    constexpr std::size_t sessions_max = 2'000;
    for (std::size_t count = 0; count < sessions_max && looked_at_ < sessions_.size(); count++) {
        Session& session = *sessions_[looked_at_++];
        look_at_output(session);
        if (!is_overdue(session))
            continue;
        give_up_wait(session, {});
        if (surroundings_.monotonic_us() >= until_us)
            break;
    }
    if (looked_at_ < sessions_.size())
        return false;
    looked_at_ = 0;
    return true;
}

std::int64_t Server::tick() {
    constexpr std::int64_t soon_ms = 1, often_ms = 10, seldom_ms = 100;
    constexpr std::uint64_t sessions_us = 200;
    // A tenth of the time at most, while many keys are due.
    constexpr std::uint64_t expiry_us = 150;
    constexpr std::int64_t expiry_pause_ms = 3;
    constexpr std::size_t many_due = 8;
    update_clock();
    const std::uint64_t began_us = surroundings_.monotonic_us();
    const bool is_through = look_at_sessions(began_us + sessions_us);
    const std::uint64_t resumed_us = end_turn(Work::Connections, began_us);
    const bool expires_on = expire_some(resumed_us + expiry_us) >= many_due;
    const std::uint64_t expired_us = end_turn(Work::Expiry, resumed_us);
    const bool more = removed.step();
    end_turn(Work::Freeing, expired_us);
    end_turn(Work::Tick, began_us);
    resume();
    if (more)
        return 0;
    if (!is_through)
        return soon_ms;
    if (expires_on)
        return expiry_pause_ms;
    return key_waits.empty() ? seldom_ms : often_ms;
}

// One bucket after the other of each database's expiring keys, far apart in the order of hashes: groups of the index
// that lost all items of one end would have the rest of them in each other's way. How many were due.
std::size_t Server::expire_some(std::uint64_t until_us) {
    constexpr unsigned buckets_max = 128, cursor_shift = 24; // of a hash: Index::scan
    // How many of them a round looks at: a power of two, so that they lie evenly.
    const auto places = [](const Database& database) { return std::bit_ceil(database.expiring() / 2 + 1); };
    std::size_t count = 0;
    Array<Entry*> due;
    for (unsigned bucket = 0, ended = 0; bucket < buckets_max && ended < databases_count; bucket++) {
        const Index<EntryTraits>& keys = databases[expire_database_].expiring_keys();
        (void)keys.scan(__builtin_bitreverse64(expire_step_++) >> cursor_shift, [&](Entry& entry) {
            if (entry.expiry() <= now_ms_)
                due.push(&entry);
        });
        for (Entry* entry : due) {
            expire_if_due(expire_database_, entry);
            count++;
            if (surroundings_.monotonic_us() >= until_us)
                return count; // the others are found again
        }
        due.clear();
        if (expire_step_ % places(databases[expire_database_]) == 0) {
            // The next round looks between the places of this one.
            expire_database_ = (expire_database_ + 1) % databases_count;
            expire_step_ = random() & ~(places(databases[expire_database_]) - 1);
            ended++;
        }
    }
    return count;
}

bool Server::expire_if_due(std::size_t database, Entry* entry) {
    if (!entry->expires || entry->expiry() > now_ms_)
        return false;
    const Text key(entry->key());
    databases[database].erase(entry);
    statistics.expired++;
    if (recorder)
        recorder->erased(database, key);
    key_changed(database, key);
    return true;
}

bool Server::evict() {
    constexpr std::uint64_t most_us = 300;
    const std::uint64_t began_us = surroundings_.monotonic_us();
    const bool has_room = evict_some(began_us + most_us);
    end_turn(Work::Eviction, began_us);
    return has_room;
}

// The next command goes on with it.
bool Server::evict_some(std::uint64_t until_us) {
    constexpr unsigned pieces_max = 8, keys_max = 64;
    for (unsigned pieces = 0, keys = 0; pieces < pieces_max && keys < keys_max;) {
        // What a key held may have become garbage: that goes before further keys do.
        if (removed.step())
            pieces++;
        else if (config.policy == EvictionPolicy::NoEviction || !evict_worst())
            return false;
        else
            keys++;
        if (used_bytes() <= static_cast<std::size_t>(config.max_memory) || surroundings_.monotonic_us() >= until_us)
            return true;
    }
    return true;
}

bool Server::evict_worst() {
    std::size_t worst_database = 0;
    Entry* worst = nullptr;
    std::uint64_t worst_badness = 0;
    for (std::size_t number = 0; number < databases_count; number++) {
        std::uint64_t badness = 0;
        Entry* entry =
            eviction_candidate(databases[number], access_clock(), random, config.max_memory_samples, badness);
        if (entry && (!worst || badness > worst_badness)) {
            worst = entry;
            worst_badness = badness;
            worst_database = number;
        }
    }
    if (!worst)
        return false;
    const Text key(worst->key());
    databases[worst_database].erase(worst);
    statistics.evicted++;
    if (recorder)
        recorder->erased(worst_database, key);
    key_changed(worst_database, key);
    return true;
}

} // namespace exo::kv
