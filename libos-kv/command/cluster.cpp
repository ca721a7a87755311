// CLUSTER, of one node that has every slot: clients that share keys out among nodes find this one, at the address at
// which they reach it.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/data/slot.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

constexpr std::int64_t last_slot = slots_count - 1;

std::string_view node_name(const Call& call) {
    return {call.server.run_id, sizeof call.server.run_id};
}

// What was announced, or else where this connection came to: never nothing, which some clients would take for a reason
// to ask again.
std::string_view node_address(const Call& call) {
    if (!call.server.config.announced_address.empty())
        return call.server.config.announced_address;
    const std::string_view local = call.session.local;
    return local.substr(0, local.rfind(':'));
}

std::int64_t node_port(const Call& call) {
    const Config& config = call.server.config;
    return config.announced_port ? config.announced_port : config.port;
}

bool read_slot(Call& call, std::int64_t& slot) {
    return call.integer(call[2], slot);
}

// Whether an argument is this node's name; if not, that is said.
bool is_this_node(Call& call, std::string_view name) {
    if (same_octets(name, node_name(call)))
        return true;
    call.reply.error({"ERR Unknown node ", name.substr(0, name.find('\0'))}); // as a C string
    return false;
}

} // namespace

void cluster_info(Call& call) {
    call.reply.verbatim("txt", "cluster_state:ok\r\n"
                               "cluster_slots_assigned:16384\r\n"
                               "cluster_slots_ok:16384\r\n"
                               "cluster_slots_pfail:0\r\n"
                               "cluster_slots_fail:0\r\n"
                               "cluster_known_nodes:1\r\n"
                               "cluster_size:1\r\n"
                               "cluster_current_epoch:0\r\n"
                               "cluster_my_epoch:0\r\n"
                               "cluster_stats_messages_sent:0\r\n"
                               "cluster_stats_messages_received:0\r\n"
                               "total_cluster_links_buffer_limit_exceeded:0\r\n");
}

void cluster_myid(Call& call) {
    call.reply.bulk(node_name(call));
}

void cluster_nodes(Call& call) {
    Text text(node_name(call));
    text.append(' ').append(node_address(call)).append(':').append(IntegerText(node_port(call)));
    text.append("@0 myself,master - 0 0 0 connected 0-").append(IntegerText(last_slot)).append('\n');
    call.reply.verbatim("txt", text);
}

void cluster_slots(Call& call) {
    call.reply.array(1);
    call.reply.array(3);
    call.reply.integer(0);
    call.reply.integer(last_slot);
    call.reply.array(4);
    call.reply.bulk(node_address(call));
    call.reply.integer(node_port(call));
    call.reply.bulk(node_name(call));
    call.reply.map(0); // further addresses of the node
}

void cluster_shards(Call& call) {
    call.reply.array(1);
    call.reply.map(2);
    call.reply.bulk("slots");
    call.reply.array(2);
    call.reply.integer(0);
    call.reply.integer(last_slot);
    call.reply.bulk("nodes");
    call.reply.array(1);
    call.reply.map(7);
    call.reply.bulk("id");
    call.reply.bulk(node_name(call));
    call.reply.bulk("port");
    call.reply.integer(node_port(call));
    call.reply.bulk("ip");
    call.reply.bulk(node_address(call));
    call.reply.bulk("endpoint");
    call.reply.bulk(node_address(call));
    call.reply.bulk("role");
    call.reply.bulk("master");
    call.reply.bulk("replication-offset");
    call.reply.integer(0);
    call.reply.bulk("health");
    call.reply.bulk("online");
}

void cluster_keyslot(Call& call) {
    call.reply.integer(slot_of(call[2]));
}

void cluster_countkeysinslot(Call& call) {
    std::int64_t slot;
    if (!read_slot(call, slot))
        return;
    if (slot < 0 || slot > last_slot)
        return call.reply.error("ERR Invalid slot");
    call.reply.integer(call.server.keys_in_slot(static_cast<unsigned>(slot)));
}

// Looks at all keys until it has those of the slot, which nobody keeps a list of.
void cluster_getkeysinslot(Call& call) {
    std::int64_t slot, most;
    if (!read_slot(call, slot) || !call.integer(call[3], most))
        return;
    if (slot < 0 || slot > last_slot || most < 0)
        return call.reply.error("ERR Invalid slot or number of keys");
    const std::int64_t there = call.server.keys_in_slot(static_cast<unsigned>(slot));
    const auto wanted = static_cast<std::size_t>(most < there ? most : there);
    Array<std::string_view> found;
    std::uint64_t cursor = 0;
    while (found.size() < wanted) {
        cursor = call.db(0).keys().scan(cursor, [&](const Entry& entry) {
            if (found.size() < wanted && slot_of(entry.key()) == static_cast<unsigned>(slot))
                found.push(entry.key());
        });
        if (cursor == 0)
            break;
    }
    call.reply.array(found.size());
    for (const std::string_view key : found)
        call.reply.bulk(key);
}

void cluster_links(Call& call) {
    call.reply.array(0);
}

void cluster_replicas(Call& call) {
    if (is_this_node(call, call[2]))
        call.reply.array(0);
}

void cluster_count_failure_reports(Call& call) {
    if (is_this_node(call, call[2]))
        call.reply.integer(0);
}

// With one node, whoever reads from it reads what is there.
void readonly(Call& call) {
    call.reply.ok();
}
void readwrite(Call& call) {
    call.reply.ok();
}
void asking(Call& call) {
    call.reply.ok();
}

} // namespace exo::kv::commands
