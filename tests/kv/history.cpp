// Whether clients at work saw each key as one thing, across the death of the machine: history PORT KEYS SECONDS writes
// and reads keys over several connections and prints what each operation was and when it was under way; history PORT
// check FILE reads every key once more and judges. Every value is written once, so the judgement is that of Gibbons and
// Korach
// ("Testing shared memories", 1997): an operation on a value takes effect somewhere while it is under way; from the end
// of the first on a value to the beginning of the last, if that is later, the key had that value (its zone). No two
// such zones may overlap, and none may contain all that was done on another value.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <hiredis/hiredis.h>
#include <iostream>
#include <limits>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
const std::string nothing = "-"; // the value of a key that was never written

struct Operation {
    std::string key, value;
    bool is_write;
    std::int64_t begin_ns, end_ns; // never: nobody knows whether it was done
};

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

std::mutex printing;

void print(const Operation& operation) {
    const std::lock_guard guard(printing);
    std::cout << operation.key << ' ' << operation.value << ' ' << operation.is_write << ' ' << operation.begin_ns
              << ' ' << operation.end_ns << std::endl;
}

// False: the connection is gone.
bool perform(redisContext* context, Operation operation) {
    operation.begin_ns = now_ns();
    operation.end_ns = never;
    auto* reply = static_cast<redisReply*>(
        operation.is_write ? redisCommand(context, "SET %s %s", operation.key.c_str(), operation.value.c_str())
                           : redisCommand(context, "GET %s", operation.key.c_str()));
    if (reply) {
        operation.end_ns = now_ns();
        if (!operation.is_write)
            operation.value = reply->type == REDIS_REPLY_STRING ? std::string(reply->str, reply->len) : nothing;
        freeReplyObject(reply);
    }
    if (reply || operation.is_write)
        print(operation);
    return reply != nullptr;
}

void work(int port, int number, int keys, std::int64_t until_ns) {
    redisContext* context = redisConnect("127.0.0.1", port);
    std::mt19937_64 dice(static_cast<std::uint64_t>(number) + 1);
    for (std::uint64_t count = 0; context && !context->err && now_ns() < until_ns; count++) {
        const bool is_write = dice() % 2;
        const std::string key = "history:" + std::to_string(dice() % static_cast<unsigned>(keys));
        if (!perform(context, {key, std::to_string(number) + "." + std::to_string(count), is_write, 0, 0}))
            break;
    }
    redisFree(context);
}

// What was done on one value.
struct Zone {
    std::int64_t write_begin = never, first_end = never, last_begin = std::numeric_limits<std::int64_t>::min();
    std::int64_t first_read_end = never;
    bool is_written = false, is_known = false; // by a write; by a read or an acknowledgement

    bool is_forward() const { return first_end < last_begin; }
    std::int64_t low() const { return std::min(first_end, last_begin); }
    std::int64_t high() const { return std::max(first_end, last_begin); }
};

// Empty, or what is wrong with one key's history.
std::string judge(const std::vector<Operation>& operations) {
    std::map<std::string, Zone> zones;
    zones[nothing] = {-1, -1, -1, never, true, true};
    for (const Operation& operation : operations) {
        Zone& zone = zones[operation.value];
        zone.first_end = std::min(zone.first_end, operation.end_ns);
        zone.last_begin = std::max(zone.last_begin, operation.begin_ns);
        zone.is_known |= operation.end_ns != never;
        if (operation.is_write) {
            zone.is_written = true;
            zone.write_begin = operation.begin_ns;
        } else {
            zone.first_read_end = std::min(zone.first_read_end, operation.end_ns);
        }
    }
    std::vector<std::pair<Zone, std::string>> known;
    for (const auto& [value, zone] : zones) {
        if (!zone.is_written)
            return "the value " + value + " was read and never written";
        if (zone.first_read_end < zone.write_begin)
            return "the value " + value + " was read before it was written";
        if (zone.is_known)
            known.emplace_back(zone, value);
    }
    for (const auto& [forward, value] : known) {
        if (!forward.is_forward())
            continue;
        for (const auto& [other, other_value] : known) {
            const bool overlaps = other.is_forward() && other.low() < forward.high() && forward.low() < other.high();
            const bool contained = !other.is_forward() && other.low() > forward.low() && other.high() < forward.high();
            if (&other != &forward && (overlaps || contained))
                return "the key had the value " + value + " before and after it had " + other_value;
        }
    }
    return {};
}

int check(int port, const char* path) {
    std::map<std::string, std::vector<Operation>> histories;
    std::ifstream file(path);
    std::size_t count = 0, unknown = 0;
    for (Operation each; file >> each.key >> each.value >> each.is_write >> each.begin_ns >> each.end_ns; count++) {
        unknown += each.end_ns == never;
        histories[each.key].push_back(each);
    }
    redisContext* context = redisConnect("127.0.0.1", port);
    std::size_t false_keys = histories.empty() || !context || context->err;
    for (auto& [key, operations] : histories) {
        Operation last{key, nothing, false, now_ns(), never};
        auto* reply = static_cast<redisReply*>(redisCommand(context, "GET %s", key.c_str()));
        if (!reply)
            return 1;
        if (reply->type == REDIS_REPLY_STRING)
            last.value = std::string(reply->str, reply->len);
        last.end_ns = now_ns();
        freeReplyObject(reply);
        operations.push_back(last);
        if (const std::string wrong = judge(operations); !wrong.empty()) {
            std::printf("%s: %s\n", key.c_str(), wrong.c_str());
            false_keys++;
        }
    }
    redisFree(context);
    std::printf("%zu operations, %zu whose end nobody saw, on %zu keys: %zu of them were not one thing\n", count,
                unknown, histories.size(), false_keys);
    return false_keys != 0 || count < 50;
}

} // namespace

int main(int count, char** words) {
    if (count != 4)
        return 2;
    const int port = std::atoi(words[1]);
    if (std::string(words[2]) == "check")
        return check(port, words[3]);
    const std::int64_t until_ns = now_ns() + std::atoi(words[3]) * 1'000'000'000ll;
    std::vector<std::thread> workers;
    for (int number = 0; number < 6; number++)
        workers.emplace_back(work, port, number, std::atoi(words[2]), until_ns);
    for (std::thread& worker : workers)
        worker.join();
    return 0;
}
