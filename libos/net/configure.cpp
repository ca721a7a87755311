// See configure.hpp.
#include "libos/net/configure.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/memory/heap.hpp"
#include "libos/net/dhcp/client.hpp"
#include "libos/net/open_port.hpp"
#include "libos/start/kit.hpp"
#include "libos/time/clock.hpp"

namespace exo::net {

namespace {

constexpr int status_usage = 64; // EX_USAGE
constexpr const char* variable = "EXO_IP=";

// The value of EXO_IP; empty when it is not set.
std::string_view addresses(const StartInfo& start) {
    const std::size_t name = string_length(variable);
    for (std::uint32_t i = 0; i < start.environment_count; i++) {
        const char* const text = start_list_string(start.environment_offset, i);
        if (string_length(text) >= name && compare_bytes(text, variable, name) == 0)
            return {text + name, string_length(text) - name};
    }
    return {};
}

// The next word, taken off.
std::string_view take_word(std::string_view& text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

constexpr std::size_t sentence_octets_max = 200;

Say told = say_on_log; // of the one call of configure
End ended = nullptr;   // likewise

// A sentence, with what somebody else wrote in its middle.
int refuse(int status, std::string_view before, std::string_view what = {}, std::string_view after = {}) {
    char line[sentence_octets_max];
    std::size_t octets = 0;
    for (const std::string_view part : {before, what, after}) {
        const std::size_t room = sizeof line - 1 - octets;
        const std::size_t taken = part.size() < room ? part.size() : room;
        copy_bytes(line + octets, part.data(), taken);
        octets += taken;
    }
    line[octets++] = '\n';
    told({line, octets});
    return status;
}

// Polls until the address is there or cannot be.
int wait_for_lease(Network& network, const DhcpClient& client) {
    while (!client.has_lease()) {
        network.poll();
        if (client.unanswered() > 0)
            return refuse(status_no_network,
                          "net: no DHCP server answered, so there is no address; --ip A.B.C.D/P sets one.");
        if (client.conflicts() > 0)
            return refuse(
                status_no_network,
                "net: the address that the DHCP server offered is in use by another station, or was taken back.");
    }
    return 0;
}

// An address that EXO_IP gave.
struct Given {
    const Interface& interface;
    Ipv4Address address;

    int refuse_it() const {
        char text[address_text_max];
        return refuse(status_no_network, "net: the address ", format_address(address, text),
                      " is in use by another station.");
    }
};

int wait_for_claim(Network& network, const Given& given) {
    while (given.interface.address_state() == AddressState::Probing)
        network.poll();
    return given.interface.address_state() == AddressState::Ready ? 0 : given.refuse_it();
}

// A ticker; runs when something has become of the address.
std::uint64_t watch(void* context, std::uint64_t) {
    const auto& given = *static_cast<const Given*>(context);
    if (given.interface.address_state() == AddressState::InUse)
        ended(given.refuse_it());
    return never;
}

int use_given(Network& network, Interface& interface, const Ipv4Configuration& configuration) {
    if (!ended) {
        interface.set_address(configuration, AddressClaim::Begin::Probe);
        return wait_for_claim(network, {interface, configuration.address});
    }
    auto* const given = heap_new<Given>(interface, configuration.address);
    if (!given || !network.add_ticker({given, watch}))
        return refuse(status_no_network, "net: there is no memory to watch an address.");
    interface.set_address(configuration, AddressClaim::Begin::Meanwhile);
    return 0;
}

int give_address(Network& network, Interface& interface, std::string_view word) {
    if (word.empty() || word == "dhcp") {
        auto* const client = heap_new<DhcpClient>();
        if (!client || !client->begin(interface))
            return refuse(status_no_network, "net: there is no memory for a DHCP client.");
        return wait_for_lease(network, *client);
    }
    const auto configuration = parse_configuration(word);
    if (!configuration)
        return refuse(status_usage, "net: EXO_IP says '", word, "', which is neither dhcp nor A.B.C.D/P[,GATEWAY].");
    return use_given(network, interface, *configuration);
}

} // namespace

const Clock& net_clock() {
    static const Clock clock{
        .now_ticks = [](void*) { return tsc(); }, .context = nullptr, .ticks_per_ms = tsc_hz() / 1000};
    return clock;
}

Seed net_seed(const StartInfo& start) {
    static std::uint64_t calls = 0;
    calls++;
    Seed seed;
    for (std::uint64_t i = 0; i < seed.size(); i++)
        seed[i] = keyed_hash(start.seed[0] ^ start.seed[2], start.seed[1] ^ start.seed[3], calls, i);
    return seed;
}

void say_on_log(std::string_view line) {
    log_text(line.data(), line.size());
}

void end_environment(int status) {
    exit_environment(static_cast<std::uint64_t>(status));
}

int configure(const StartInfo& start, Network& network, Say say, End end) {
    told = say;
    ended = end;
    std::array<OpenedPort, interfaces_max> ports;
    const std::size_t count = open_ports(ports);
    if (count == 0)
        return refuse(status_no_network, "net: this program was granted no NIC; exo run --net gives it one.");
    network.open(net_clock(), net_seed(start));
    std::string_view words = addresses(start);
    for (std::size_t i = 0; i < count; i++) {
        if (!ports[i].port)
            return refuse(status_no_network, "net: a NIC does not open: ", ports[i].problem, ".");
        auto* const interface = heap_new<Interface>();
        if (!interface)
            return refuse(status_no_network, "net: there is no memory for an interface.");
        interface->open(network, *ports[i].port);
        if (!network.add(*interface))
            return refuse(status_no_network, "net: there are more NICs than one program uses.");
        if (const int status = give_address(network, *interface, take_word(words)))
            return status;
    }
    if (const std::string_view left = take_word(words); !left.empty())
        return refuse(status_usage, "net: EXO_IP says '", left, "' for a NIC that is not there.");
    return 0;
}

} // namespace exo::net
