// See fake_controller.hpp.
#include "tests/unit/nvme/fake_controller.hpp"

#include <doctest/doctest.h>

namespace exo::test {

using namespace nvme;

namespace {

FakeController* clocked = nullptr; // Clock has no context
std::uint64_t now_us = 0;

template <typename T>
T* at(std::uint64_t device_address) {
    return reinterpret_cast<T*>(device_address);
}

} // namespace

DeviceMemory::DeviceMemory(std::uint64_t size)
    : block(static_cast<std::byte*>(std::aligned_alloc(page_bytes, (size + page_bytes - 1) & ~(page_bytes - 1))),
            std::free),
      base(block.get()) {
    std::memset(base, 0, size);
}

FakeController::FakeController() {
    clocked = this;
}

Clock FakeController::clock() {
    return {.now =
                [] {
                    clocked->step();
                    return now_us += 1000;
                },
            .ticks_per_us = 1};
}

Registers FakeController::registers() {
    return {.context = this,
            .read = [](void* self, std::uint64_t offset,
                       unsigned bytes) { return static_cast<FakeController*>(self)->read(offset, bytes); },
            .write = [](void* self, std::uint64_t offset, std::uint64_t value,
                        unsigned bytes) { static_cast<FakeController*>(self)->write(offset, value, bytes); }};
}

std::uint64_t FakeController::read(std::uint64_t offset, unsigned bytes) {
    if (offset == reg::capabilities) {
        REQUIRE(bytes == 8);
        return capabilities;
    }
    REQUIRE(bytes == 4);
    if (offset != reg::status)
        return values_[offset];
    const auto configuration = values_[reg::configuration];
    std::uint64_t now = (configuration & configuration::enable) != 0 ? status_when_enabled : 0;
    if (!obeys_disable)
        now |= nvme::status::ready;
    if ((configuration & configuration::shutdown_mask) != 0 && obeys_shutdown)
        now |= nvme::status::shutdown_complete;
    return now;
}

void FakeController::write(std::uint64_t offset, std::uint64_t value, unsigned bytes) {
    REQUIRE(bytes == (offset == reg::admin_submission || offset == reg::admin_completion ? 8 : 4));
    const bool was = (values_[reg::configuration] & configuration::enable) != 0;
    values_[offset] = value;
    if (offset != reg::configuration)
        return;
    const bool is = (value & configuration::enable) != 0;
    if (is && !was)
        enable();
    if (!is) {
        if (was && on_disable)
            on_disable();
        pairs_.clear();
        event_requests_.clear();
        std::fill(doorbells_.begin(), doorbells_.end(), 0);
    }
}

void FakeController::enable() {
    CHECK((values_[reg::configuration] & configuration::entry_sizes) == configuration::entry_sizes);
    Pair admin;
    const auto sizes = values_[reg::admin_sizes];
    admin.submissions = at<const SubmissionEntry>(values_[reg::admin_submission]);
    admin.completions = at<CompletionEntry>(values_[reg::admin_completion]);
    admin.submission_entries = (sizes & 0xfff) + 1;
    admin.completion_entries = (sizes >> 16 & 0xfff) + 1;
    pairs_[0] = admin;
}

void FakeController::step() {
    const std::uint32_t stride = capabilities::doorbell_stride(capabilities) / 4;
    std::vector<std::uint16_t> present;
    for (const auto& [id, pair] : pairs_)
        present.push_back(id);
    for (const std::uint16_t id : present) {
        const std::uint32_t tail = doorbells_[2 * id * stride];
        while (pairs_.contains(id) && pairs_[id].head != tail) {
            Pair& pair = pairs_[id];
            const SubmissionEntry entry = pair.submissions[pair.head];
            pair.head = (pair.head + 1) % pair.submission_entries;
            seen.push_back(entry);
            if (swallows && swallows(id, entry))
                continue;
            if (id == 0)
                administer(entry);
            else
                transfer(id, entry);
        }
    }
}

void FakeController::complete(std::uint16_t queue, std::uint16_t identifier, std::uint16_t status,
                              std::uint32_t result) {
    Pair& pair = pairs_.at(queue);
    // A device that overtakes what was released would write over what the driver has not read.
    const std::uint32_t stride = capabilities::doorbell_stride(capabilities) / 4;
    REQUIRE((pair.tail + 1) % pair.completion_entries != doorbells_[(2 * queue + 1) * stride]);
    pair.completions[pair.tail] = {
        result, pair.head | std::uint64_t{queue} << 16 | std::uint64_t{identifier} << completion::identifier_shift |
                    pair.phase << completion::phase_shift | std::uint64_t{status} << completion::status_shift};
    if (++pair.tail == pair.completion_entries) {
        pair.tail = 0;
        pair.phase ^= 1;
    }
}

void FakeController::report_event(std::uint32_t dword0) {
    REQUIRE_FALSE(event_requests_.empty());
    complete(0, event_requests_.back(), 0, dword0);
    event_requests_.pop_back();
}

void FakeController::identify(const SubmissionEntry& entry) {
    std::byte* const data = at<std::byte>(entry.data[0]);
    std::memset(data, 0, page_bytes);
    const auto put = [data](std::size_t offset, auto value) { std::memcpy(data + offset, &value, sizeof value); };
    switch (entry.dwords10_11 & 0xff) {
    case identify::of_controller:
        std::memcpy(data + controller_data::serial, "fake\x01          ", 15);
        std::memcpy(data + controller_data::model, model, std::strlen(model));
        put(controller_data::transfer_power, transfer_power);
        put(controller_data::sgl_support, std::uint32_t{takes_sgl});
        put(controller_data::optional_commands, std::uint16_t{optional_commands::dataset});
        put(controller_data::write_cache, std::uint8_t{1});
        break;
    case identify::active_namespaces:
        put(0, name_space);
        break;
    case identify::primary_capabilities:
        put(primary_data::queues, std::uint32_t{10});
        put(primary_data::queues_of_one, std::uint16_t{4});
        put(primary_data::interrupts, std::uint32_t{6});
        put(primary_data::interrupts_of_one, std::uint16_t{3});
        break;
    case identify::secondary_controllers:
        put(secondary_data::count, secondaries);
        for (std::uint16_t number = 1; number <= 3; ++number) {
            const std::size_t place = secondary_data::entry_bytes * number;
            put(place + secondary_data::controller, static_cast<std::uint16_t>(0x40 + number));
            put(place + secondary_data::function, number);
            put(place + secondary_data::state, std::uint8_t{number == 2});
        }
        break;
    case identify::of_namespace:
        put(namespace_data::size, std::uint64_t{disk.size() / block_bytes});
        put(namespace_data::formats, format);
        break;
    }
}

void FakeController::administer(const SubmissionEntry& entry) {
    const auto opcode = static_cast<std::uint8_t>(entry.command);
    const auto identifier = static_cast<std::uint16_t>(entry.command >> command::identifier_shift);
    const auto low = static_cast<std::uint32_t>(entry.dwords10_11),
               high = static_cast<std::uint32_t>(entry.dwords10_11 >> 32);
    std::uint16_t status = 0;
    std::uint32_t result = 0;
    const auto id = static_cast<std::uint16_t>(low);
    if (const auto refused = refuses.find(opcode); refused != refuses.end()) {
        status = refused->second;
    } else {
        switch (static_cast<AdminOpcode>(opcode)) {
        case AdminOpcode::Identify:
            identify(entry);
            break;
        case AdminOpcode::SetFeatures:
            if (low == feature::number_of_queues)
                result = (queue_pairs - 1) | (queue_pairs - 1) << 16;
            break;
        case AdminOpcode::CreateCompletionQueue:
            pairs_[id].completions = at<CompletionEntry>(entry.data[0]);
            pairs_[id].completion_entries = (low >> 16) + 1;
            if (high & queue_flag::interrupts)
                pairs_[id].vector = high >> 16;
            break;
        case AdminOpcode::CreateSubmissionQueue:
            CHECK((high >> 16) == id);
            pairs_[id].submissions = at<const SubmissionEntry>(entry.data[0]);
            pairs_[id].submission_entries = (low >> 16) + 1;
            break;
        case AdminOpcode::DeleteCompletionQueue:
            pairs_.erase(id);
            break;
        case AdminOpcode::Abort:
            complete(id, static_cast<std::uint16_t>(low >> 16), status_code::aborted_on_request);
            break;
        case AdminOpcode::AsynchronousEvent:
            event_requests_.push_back(identifier);
            return;
        default:
            break;
        }
    }
    complete(0, identifier, status, result);
}

std::vector<Run> FakeController::runs(const SubmissionEntry& entry, std::uint64_t bytes) const {
    std::vector<Run> out;
    if (entry.command & command::uses_sgl) {
        CHECK(takes_sgl);
        const std::uint64_t length = entry.data[1] & 0xffff'ffff;
        if (entry.data[1] >> 60 == 0)
            return {{entry.data[0], length}};
        const auto* const list = at<const SglDescriptor>(entry.data[0]);
        for (std::size_t index = 0; index < length / sizeof *list; ++index)
            out.push_back({list[index].address, list[index].rest & 0xffff'ffff});
        return out;
    }
    std::uint64_t here = std::min(bytes, page_bytes - entry.data[0] % page_bytes);
    out.push_back({entry.data[0], here});
    bytes -= here;
    if (bytes == 0)
        return out;
    const auto* const list = bytes > page_bytes ? at<const std::uint64_t>(entry.data[1]) : &entry.data[1];
    for (std::size_t index = 0; bytes != 0; ++index) {
        CHECK(list[index] % page_bytes == 0);
        here = std::min(bytes, page_bytes);
        out.push_back({list[index], here});
        bytes -= here;
    }
    return out;
}

void FakeController::transfer(std::uint16_t queue, const SubmissionEntry& entry) {
    const auto identifier = static_cast<std::uint16_t>(entry.command >> command::identifier_shift);
    const auto opcode = static_cast<Opcode>(entry.command & 0xff);
    std::uint64_t first = entry.dwords10_11, blocks = (entry.dwords12_13 & 0xffff) + 1;
    if (opcode == Opcode::Flush || entry.command >> command::namespace_shift != name_space) {
        complete(queue, identifier, opcode == Opcode::Flush ? 0 : status_code::invalid_field);
        return;
    }
    if (opcode == Opcode::DatasetManagement) {
        const auto& range = *at<const DatasetRange>(entry.data[0]);
        first = range.first;
        blocks = range.blocks;
    }
    if (first + blocks > disk.size() / block_bytes) {
        complete(queue, identifier, status_code::out_of_range | status_code::do_not_retry);
        return;
    }
    std::byte* place = disk.data() + first * block_bytes;
    if (opcode == Opcode::DatasetManagement) {
        std::memset(place, 0, blocks * block_bytes);
    } else {
        std::uint64_t left = blocks * block_bytes;
        for (const Run& run : runs(entry, left)) {
            REQUIRE(run.bytes <= left);
            if (opcode == Opcode::Write)
                std::memcpy(place, at<std::byte>(run.address), run.bytes);
            else
                std::memcpy(at<std::byte>(run.address), place, run.bytes);
            place += run.bytes;
            left -= run.bytes;
        }
        CHECK(left == 0);
    }
    complete(queue, identifier, 0);
}

} // namespace exo::test
