// What the journal tells, done once more: afterwards a server has the keys that it had. Nothing in the journal is
// believed.
#pragma once

#include "libos-kv/journal/log.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

class Recovery final : public RecordVisitor {
public:
    // `octets`: about as many as the journal has.
    Recovery(Server& server, std::uint64_t octets);
    Recovery(const Recovery&) = delete;
    Recovery& operator=(const Recovery&) = delete;
    ~Recovery();

    bool visit(const RecordHeader& header, std::string_view key, std::string_view more) override;
    std::uint64_t records() const { return records_; }
    // Whether it ended because the machine has too little memory.
    bool is_out_of_memory() const { return is_out_of_memory_; }

private:
    bool put(const RecordHeader& header, std::string_view key, std::string_view value);
    bool run(const RecordHeader& header, std::string_view ready_key, std::string_view arguments);
    void reserve(std::string_view counts);
    void foresee();
    void fit();

    Server& server_;
    Session session_;
    Arguments arguments_;
    const std::uint64_t octets_;
    std::uint64_t records_ = 0, seen_octets_ = 0;
    std::uint64_t foreseen_[databases_count] = {}; // keys for which the index has room
    bool has_foreseen_ = false;
    bool is_in_snapshot_ = false; // with which the journal begins
    bool is_out_of_memory_ = false;
    const std::size_t string_octets_max_;
};

} // namespace exo::kv
