// Bring-up and control of an NVMe controller by whoever owns the function: reset, identity, namespaces, queues, events,
// shutdown, in the order of NVMe 1.4, 7.6. Slow and careful; data travel through queue.hpp.
#pragma once

#include "drivers/nvme/identity.hpp"
#include "drivers/nvme/queue.hpp"
#include "drivers/register-access/clock.hpp"
#include "drivers/register-access/registers.hpp"

#include <optional>

namespace exo::nvme {

inline constexpr std::uint16_t admin_depth = 16;
inline constexpr std::uint64_t command_timeout_us = 5'000'000;

// Memory for the admin queues and what Identify gives, page aligned.
struct AdminMemory {
    std::byte* address = nullptr;
    std::uint64_t device_address = 0;

    static constexpr std::uint64_t data_at = QueueMemory::bytes(admin_depth);
    static constexpr std::uint64_t bytes = data_at + page_bytes;
};

// The controller has something to say. (5.2)
struct Event {
    EventType type;
    std::uint8_t information;
};

class Controller {
public:
    Controller() = default;
    Controller(const Controller&) = delete;
    Controller& operator=(const Controller&) = delete;

    // Resets the controller, enables it and identifies it. `registers`: its register window; `doorbells`: the same
    // window mapped, from reg::doorbells on.
    Expected<void> open(const Registers& registers, volatile std::byte* doorbells, const Clock& clock,
                        const AdminMemory& memory);
    const Identity& identity() const { return identity_; }

    // Identifiers of the namespaces that the controller sees, as many as `into` holds; gives their number.
    Expected<std::size_t> namespaces(std::span<std::uint32_t> into);
    Expected<NamespaceIdentity> identify_namespace(std::uint32_t id);

    // Asks for queue pairs beside the admin one; gives how many there are. Before the first is created.
    Expected<std::uint16_t> request_queue_pairs(std::uint16_t wanted);
    // Creates queue pair `id`, from 1 on, and opens `pair` on it. `vector`: of MSI-X, none: no
    // interrupts.
    Expected<void> create_queue_pair(QueuePair& pair, std::uint16_t id, const QueueMemory& memory, std::uint16_t depth,
                                     std::optional<std::uint16_t> vector);
    // Afterwards the device touches none of the pair's memory. What was out is recovered from the pair.
    Expected<void> delete_queue_pair(std::uint16_t id);
    // Asks the controller to abort a command; the command completes in its own queue, aborted or done. False when the
    // controller says that it did not abort it. (5.1)
    Expected<bool> abort(std::uint16_t queue, std::uint16_t identifier);

    // What the controller reported since, oldest first; reading an event lets it report the next.
    std::optional<Event> next_event();
    // A health event is reported once the controller is as warm as this, in kelvin. (5.21.1.4)
    Expected<void> limit_temperature(std::uint16_t kelvin);
    // True when the controller says that it has failed, has vanished from the bus, or is no longer enabled.
    bool has_failed() const;

    // Of a primary controller: those of its virtual functions, as many as `into` holds; gives their number. (5.15.2,
    // CNS 15h)
    Expected<std::size_t> secondaries(std::span<SecondaryController> into);
    // And what it has to give to them. (5.15.2, CNS 14h)
    Expected<FlexibleResources> flexible_resources();
    // Of a primary controller: gives a virtual function's controller its queues and interrupts and puts it on line;
    // or takes it off. (5.22)
    Expected<void> bring_secondary_online(std::uint16_t controller, std::uint16_t queues, std::uint16_t interrupts);
    Expected<void> take_secondary_offline(std::uint16_t controller);

    // Tells the controller to finish and keep what it holds, before power goes. (7.6.2)
    Expected<void> shut_down();
    // Stops everything: afterwards the device touches no memory and all queues are gone. `open` begins anew.
    Expected<void> reset();

private:
    Expected<void> wait_ready(bool ready, Problem otherwise);
    Expected<std::span<const std::byte, page_bytes>> identify(std::uint32_t what, std::uint32_t name_space);
    Expected<std::uint32_t> execute(const SubmissionEntry& words);
    Expected<Completion> finish(void* token);
    void ask_for_event();
    volatile std::uint32_t* doorbell(std::uint16_t queue, bool completion) const;

    Registers registers_{};
    Clock clock_{};
    volatile std::byte* doorbells_ = nullptr;
    std::uint64_t capabilities_ = 0;
    AdminMemory memory_;
    QueuePair admin_;
    Identity identity_;
    bool event_asked_ = false;
    std::optional<std::uint32_t> event_;
};

} // namespace exo::nvme
