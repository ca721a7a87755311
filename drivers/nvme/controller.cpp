// See controller.hpp.
#include "drivers/nvme/controller.hpp"

#include <algorithm>

namespace exo::nvme {

namespace {

constexpr std::uint32_t no_namespace = 0;

SubmissionEntry admin(AdminOpcode opcode, std::uint32_t dword10 = 0, std::uint32_t dword11 = 0, std::uint64_t data = 0,
                      std::uint32_t name_space = no_namespace) {
    SubmissionEntry words{};
    words.command = static_cast<std::uint64_t>(opcode) | std::uint64_t{name_space} << command::namespace_shift;
    words.data[0] = data;
    words.dwords10_11 = dword10 | std::uint64_t{dword11} << 32;
    return words;
}

// A doubleword that reads as all ones: the device is not there any more.
constexpr std::uint32_t vanished = ~0u;

} // namespace

volatile std::uint32_t* Controller::doorbell(std::uint16_t queue, bool completion) const {
    const std::uint64_t offset = (2ull * queue + (completion ? 1 : 0)) * capabilities::doorbell_stride(capabilities_);
    // Safe: a queue's number was granted by the controller, so its doorbells lie in the window.
    return reinterpret_cast<volatile std::uint32_t*>(doorbells_ + offset);
}

bool Controller::has_failed() const {
    const std::uint32_t now = registers_.read32(reg::status);
    return now == vanished || (now & status::fatal) != 0 || (now & status::ready) == 0;
}

Expected<void> Controller::wait_ready(bool ready, Problem otherwise) {
    bool failed = false;
    const bool reached = poll_until(clock_, capabilities::timeout_us(capabilities_) + 500'000, [&] {
        const std::uint32_t now = registers_.read32(reg::status);
        failed = now == vanished || (ready && (now & status::fatal) != 0);
        return failed || ((now & status::ready) != 0) == ready;
    });
    if (failed)
        return std::unexpected(Problem::Fatal);
    return reached ? Expected<void>{} : std::unexpected(otherwise);
}

Expected<void> Controller::reset() {
    event_asked_ = false;
    event_.reset();
    registers_.write32(reg::configuration, 0);
    return wait_ready(false, Problem::ResetTimedOut);
}

Expected<void> Controller::open(const Registers& registers, volatile std::byte* doorbells, const Clock& clock,
                                const AdminMemory& memory) {
    registers_ = registers;
    doorbells_ = doorbells;
    clock_ = clock;
    memory_ = memory;
    capabilities_ = registers_.read64(reg::capabilities);
    if (!capabilities::has_nvm_commands(capabilities_))
        return std::unexpected(Problem::NotNvm);
    if (capabilities::page_bytes_least(capabilities_) > page_bytes)
        return std::unexpected(Problem::PageSize);
    if (capabilities::doorbell_stride(capabilities_) > 1024)
        return std::unexpected(Problem::NoQueues);
    if (auto stopped = reset(); !stopped)
        return stopped;
    const QueueMemory queues{memory.address, memory.device_address};
    if (auto opened = admin_.open(queues, admin_depth, false, doorbell(0, false), doorbell(0, true)); !opened)
        return opened;
    registers_.write32(reg::admin_sizes, (admin_depth - 1) | (2 * admin_depth - 1) << 16);
    registers_.write64(reg::admin_submission, memory.device_address);
    registers_.write64(reg::admin_completion, memory.device_address + QueueMemory::completions_at(admin_depth));
    registers_.write32(reg::configuration, configuration::enable | configuration::entry_sizes);
    if (auto started = wait_ready(true, Problem::StartTimedOut); !started)
        return started;
    const auto identified = identify(identify::of_controller, no_namespace);
    if (!identified)
        return std::unexpected(identified.error());
    identity_ = read_identity(*identified, capabilities_);
    // Errors and health, which are always reported, and changed namespaces (5.21.1.11).
    constexpr std::uint32_t wanted_events = 0x1f | 1u << 8;
    if (auto set = execute(admin(AdminOpcode::SetFeatures, feature::asynchronous_events, wanted_events)); !set)
        return std::unexpected(set.error());
    ask_for_event();
    return {};
}

Expected<Completion> Controller::finish(void* token) {
    Completion done;
    const bool came = poll_until(clock_, command_timeout_us, [&] {
        for (Completion next = admin_.take(); next.token; next = admin_.take()) {
            if (next.token == token)
                done = next;
            else if (next.status == status_code::success)
                event_ = next.result;
        }
        return done.token || admin_.is_broken();
    });
    admin_.release();
    if (admin_.is_broken())
        return std::unexpected(Problem::UnknownCommand);
    if (!came)
        return std::unexpected(has_failed() ? Problem::Fatal : Problem::CommandTimedOut);
    return done;
}

Expected<std::uint32_t> Controller::execute(const SubmissionEntry& words) {
    if (admin_.room() == 0)
        return std::unexpected(admin_.is_broken() ? Problem::UnknownCommand : Problem::CommandTimedOut);
    SubmissionEntry given = words;
    admin_.command(&given, given);
    admin_.publish();
    const auto done = finish(&given);
    if (!done) {
        // Its token is a place on this stack: nothing may come back for it.
        while (admin_.recover()) {
        }
        return std::unexpected(done.error());
    }
    if ((done->status & status_code::mask) != status_code::success)
        return std::unexpected(Problem::CommandFailed);
    return done->result;
}

Expected<std::span<const std::byte, page_bytes>> Controller::identify(std::uint32_t what, std::uint32_t name_space) {
    const auto done =
        execute(admin(AdminOpcode::Identify, what, 0, memory_.device_address + AdminMemory::data_at, name_space));
    if (!done)
        return std::unexpected(done.error());
    return std::span<const std::byte, page_bytes>(memory_.address + AdminMemory::data_at, page_bytes);
}

Expected<std::size_t> Controller::namespaces(std::span<std::uint32_t> into) {
    const auto identified = identify(identify::active_namespaces, no_namespace);
    if (!identified)
        return std::unexpected(identified.error());
    // Safe: a page of doublewords, in order, with zeroes behind the last.
    const auto* const list = reinterpret_cast<const std::uint32_t*>(identified->data());
    std::size_t count = 0;
    while (count < into.size() && count < page_bytes / 4 && list[count] != 0) {
        into[count] = list[count];
        ++count;
    }
    return count;
}

Expected<NamespaceIdentity> Controller::identify_namespace(std::uint32_t id) {
    const auto identified = identify(identify::of_namespace, id);
    return identified ? read_namespace(*identified) : std::unexpected(identified.error());
}

Expected<std::size_t> Controller::secondaries(std::span<SecondaryController> into) {
    const auto identified = identify(identify::secondary_controllers, no_namespace);
    return identified ? Expected<std::size_t>(read_secondaries(*identified, into))
                      : std::unexpected(identified.error());
}

Expected<FlexibleResources> Controller::flexible_resources() {
    const auto identified = identify(identify::primary_capabilities, no_namespace);
    return identified ? Expected<FlexibleResources>(read_flexible(*identified)) : std::unexpected(identified.error());
}

Expected<std::uint16_t> Controller::request_queue_pairs(std::uint16_t wanted) {
    const std::uint32_t asked = wanted - 1u;
    const auto granted = execute(admin(AdminOpcode::SetFeatures, feature::number_of_queues, asked | asked << 16));
    if (!granted)
        return std::unexpected(granted.error());
    const std::uint32_t pairs = std::min(*granted & 0xffff, *granted >> 16) + 1;
    return static_cast<std::uint16_t>(std::min<std::uint32_t>(pairs, wanted));
}

Expected<void> Controller::create_queue_pair(QueuePair& pair, std::uint16_t id, const QueueMemory& memory,
                                             std::uint16_t depth, std::optional<std::uint16_t> vector) {
    if (id == 0 || 2u * depth > identity_.entries_most)
        return std::unexpected(Problem::BadQueue);
    if (auto opened = pair.open(memory, depth, identity_.sgl, doorbell(id, false), doorbell(id, true)); !opened)
        return opened;
    const std::uint32_t interrupts = vector ? queue_flag::interrupts | std::uint32_t{*vector} << 16 : 0;
    const auto completions =
        execute(admin(AdminOpcode::CreateCompletionQueue, id | (2u * depth - 1) << 16,
                      queue_flag::contiguous | interrupts, memory.device_address + QueueMemory::completions_at(depth)));
    if (!completions)
        return std::unexpected(completions.error());
    const auto submissions = execute(admin(AdminOpcode::CreateSubmissionQueue, id | (depth - 1u) << 16,
                                           queue_flag::contiguous | std::uint32_t{id} << 16, memory.device_address));
    if (submissions)
        return {};
    // Half a pair is of no use, and its memory must not stay known to the device.
    if (const auto undone = execute(admin(AdminOpcode::DeleteCompletionQueue, id)); !undone)
        return std::unexpected(undone.error());
    return std::unexpected(submissions.error());
}

Expected<void> Controller::delete_queue_pair(std::uint16_t id) {
    for (const AdminOpcode opcode : {AdminOpcode::DeleteSubmissionQueue, AdminOpcode::DeleteCompletionQueue})
        if (const auto deleted = execute(admin(opcode, id)); !deleted)
            return std::unexpected(deleted.error());
    return {};
}

Expected<bool> Controller::abort(std::uint16_t queue, std::uint16_t identifier) {
    const auto done = execute(admin(AdminOpcode::Abort, queue | std::uint32_t{identifier} << 16));
    if (!done)
        return std::unexpected(done.error());
    return (*done & 1) == 0;
}

void Controller::ask_for_event() {
    if (event_asked_ || admin_.room() < 2)
        return;
    // Its token is this controller, which execute() takes for no command's.
    admin_.command(this, admin(AdminOpcode::AsynchronousEvent));
    admin_.publish();
    event_asked_ = true;
}

std::optional<Event> Controller::next_event() {
    for (Completion next = admin_.take(); next.token; next = admin_.take())
        if (next.status == status_code::success)
            event_ = next.result;
    if (!event_)
        return std::nullopt;
    const std::uint32_t said = *event_;
    event_.reset();
    event_asked_ = false;
    // Reading the event's log page acknowledges it (5.2); 128 doublewords are the most that one of them needs.
    constexpr std::uint32_t doublewords = 128;
    const auto read = execute(admin(AdminOpcode::GetLogPage, (said >> 16 & 0xff) | (doublewords - 1) << 16, 0,
                                    memory_.device_address + AdminMemory::data_at, ~0u));
    if (read)
        ask_for_event();
    return Event{static_cast<EventType>(said & 7), static_cast<std::uint8_t>(said >> 8)};
}

Expected<void> Controller::limit_temperature(std::uint16_t kelvin) {
    const auto set = execute(admin(AdminOpcode::SetFeatures, feature::temperature_threshold, kelvin));
    return set ? Expected<void>{} : std::unexpected(set.error());
}

Expected<void> Controller::bring_secondary_online(std::uint16_t controller, std::uint16_t queues,
                                                  std::uint16_t interrupts) {
    const std::uint32_t which = std::uint32_t{controller} << 16;
    const std::uint32_t steps[][2] = {
        {virtualization::secondary_offline, 0},
        {virtualization::assign_secondary | virtualization::queues, queues},
        {virtualization::assign_secondary | virtualization::interrupts, interrupts},
        {virtualization::secondary_online, 0},
    };
    for (const auto& [action, count] : steps)
        if (const auto done = execute(admin(AdminOpcode::VirtualizationManagement, action | which, count)); !done)
            return std::unexpected(done.error());
    return {};
}

Expected<void> Controller::take_secondary_offline(std::uint16_t controller) {
    const auto done = execute(admin(AdminOpcode::VirtualizationManagement,
                                    virtualization::secondary_offline | std::uint32_t{controller} << 16));
    return done ? Expected<void>{} : std::unexpected(done.error());
}

Expected<void> Controller::shut_down() {
    const std::uint32_t now = registers_.read32(reg::configuration);
    registers_.write32(reg::configuration, (now & ~configuration::shutdown_mask) | configuration::shutdown_normal);
    const bool done = poll_until(clock_, command_timeout_us, [this] {
        return (registers_.read32(reg::status) & status::shutdown_mask) == status::shutdown_complete;
    });
    return done ? Expected<void>{} : std::unexpected(has_failed() ? Problem::Fatal : Problem::CommandTimedOut);
}

} // namespace exo::nvme
