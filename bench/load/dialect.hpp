// What requests and replies look like: Redis' protocol, memcached's, HTTP. A request asks for one key, or stores it;
// keys are numbers. What is stored under a key, and the document of that name, begins with the key's text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bench::load {

enum class Work : std::uint8_t { get, get_large, set }; // large values are Redis' alone

inline constexpr std::size_t key_octets = 16, value_octets = 64, large_value_octets = 16384;
inline constexpr std::size_t request_octets_max = 160;

// "key:" and twelve digits.
void write_key(std::uint32_t key, std::span<char, key_octets> into);

// The head of a reply at the beginning of what came.
struct ReplyHead {
    std::size_t octets = 0; // 0: it is not all there yet
    std::size_t body = 0;   // octets that follow it
    bool is_good = true;    // it is the reply that was to come
};

class Dialect {
public:
    virtual std::uint16_t port() const = 0;
    // Returns the octets written.
    virtual std::size_t request(Work work, std::uint32_t key, std::span<char, request_octets_max> into) const = 0;
    virtual ReplyHead head(Work work, std::string_view text) const = 0;

protected:
    ~Dialect() = default;
};

extern const Dialect& redis;
extern const Dialect& memcached;
extern const Dialect& http;

} // namespace bench::load
