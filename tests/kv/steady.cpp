// A client that asks one thing after the other for some seconds, looks at every reply, and says how long they took: a
// line a check, and one with the latencies in microseconds, which nobody judges.
// Usage:
//   steady PORT SECONDS NAME
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <format>
#include <hiredis/hiredis.h>
#include <print>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int keys = 1000;

bool is(const redisReply* reply, int type, std::string_view text) {
    return reply != nullptr && reply->type == type && std::string_view(reply->str, reply->len) == text;
}

// Sets a key and gets it; false when a reply is wrong or does not come.
bool set_and_get(redisContext* context, long number, std::vector<double>& taken_us) {
    const std::string key = std::format("key:{}", number % keys), value = std::format("{:0>64}", number);
    const auto begin = Clock::now();
    auto* set = static_cast<redisReply*>(redisCommand(context, "SET %s %s", key.c_str(), value.c_str()));
    const auto middle = Clock::now();
    auto* get = static_cast<redisReply*>(redisCommand(context, "GET %s", key.c_str()));
    const auto end = Clock::now();
    const bool right = is(set, REDIS_REPLY_STATUS, "OK") && is(get, REDIS_REPLY_STRING, value);
    freeReplyObject(set);
    freeReplyObject(get);
    taken_us.push_back(std::chrono::duration<double, std::micro>(middle - begin).count());
    taken_us.push_back(std::chrono::duration<double, std::micro>(end - middle).count());
    return right;
}

} // namespace

int main(int count, char** words) {
    if (count != 4) {
        std::println(stderr, "usage: steady PORT SECONDS NAME");
        return 64;
    }
    const timeval patience{20, 0};
    redisContext* const context = redisConnectWithTimeout("127.0.0.1", std::atoi(words[1]), patience);
    if (context == nullptr || context->err != 0) {
        std::println("FAILED {}: no connection", words[3]);
        return 1;
    }
    redisSetTimeout(context, patience);
    std::vector<double> taken_us;
    bool right = true;
    for (const auto end = Clock::now() + std::chrono::seconds(std::atoi(words[2])); right && Clock::now() < end;)
        right = set_and_get(context, static_cast<long>(taken_us.size() / 2), taken_us);
    redisFree(context);
    std::ranges::sort(taken_us);
    std::println("{} {}: {} replies, every one right", right ? "ok" : "FAILED", words[3], taken_us.size());
    std::println("{}: p50 {:.0f} us, p99 {:.0f} us, most {:.0f} us", words[3], taken_us[taken_us.size() / 2],
                 taken_us[taken_us.size() - 1 - taken_us.size() / 100], taken_us.back());
    return right ? 0 : 1;
}
