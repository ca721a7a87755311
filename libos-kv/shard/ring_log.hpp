// A shard's journal as its recorder sees it: units go through a ring to the vcore that has the disk (log_writer.hpp).
// Nothing is given to the ring that the writer has not granted room for, so what was taken is not refused later.
#pragma once

#include "libos-kv/shard/log_line.hpp"

namespace exo::kv {

class RingLog final : public Log {
public:
    // What is done while the writer has to be waited for: another vcore is, or the writer itself works.
    struct Pause {
        void (*pause)(void* context);
        void* context = nullptr;
    };

    // Of a journal that begins and ends there, all of it durable.
    RingLog(LogLine& line, std::uint64_t beginning, std::uint64_t position, Pause pause);
    void set_pause(Pause pause) { pause_ = pause; }

    bool append(std::span<char> unit) override;
    bool begin_long() override;
    bool add_long(std::string_view octets) override;
    bool end_long() override;
    std::uint64_t position() const override { return position_; }
    bool begin_at(std::uint64_t position) override;
    std::uint64_t beginning() const override { return beginning_; }
    std::uint64_t room() const override;
    void keep_free(std::uint64_t octets) override { line_.kept_free.store(octets, std::memory_order_relaxed); }
    std::uint64_t ticket() const override { return position_; }
    bool is_durable(std::uint64_t ticket) const override { return ticket <= durable_; }
    bool is_writing() const override { return commit_to_ > durable_; }
    void start_commit() override;
    void poll() override { durable_ = line_.durable.load(std::memory_order_acquire); }
    bool commit() override;
    LogState state() const override;

private:
    bool has_failed() const { return line_.has_failed.load(std::memory_order_acquire); }
    void wait() { pause_.pause(pause_.context); }
    bool has_room(std::uint64_t octets);
    void send(MessageKind kind, std::uint8_t flags, std::string_view octets);
    bool take_back();

    LogLine& line_;
    Pause pause_;
    std::uint64_t beginning_, position_;
    std::uint64_t long_begin_ = 0, commit_to_, wished_;
    std::uint64_t durable_; // as it was when `poll` looked
    bool is_full_ = false;
};

} // namespace exo::kv
