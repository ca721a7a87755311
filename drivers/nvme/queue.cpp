// See queue.hpp: what is not on the shortest path.
#include "drivers/nvme/queue.hpp"

namespace exo::nvme {

Expected<void> QueuePair::open(const QueueMemory& memory, std::uint16_t depth, bool sgl,
                               volatile std::uint32_t* submit_doorbell, volatile std::uint32_t* complete_doorbell) {
    const bool bad_size = depth < 2 || depth > depth_max || (depth & (depth - 1)) != 0;
    // Safe: an address is only looked at as a number.
    const auto place = reinterpret_cast<std::uintptr_t>(memory.address) | memory.device_address;
    if (bad_size || !memory.address || place % page_bytes != 0 || !submit_doorbell || !complete_doorbell)
        return std::unexpected(Problem::BadQueue);
    // Safe: the memory is as long as QueueMemory::bytes says and aligned to a page.
    entries_ = reinterpret_cast<SubmissionEntry*>(memory.address);
    auto* const completions = reinterpret_cast<CompletionEntry*>(memory.address + QueueMemory::completions_at(depth));
    for (std::uint32_t index = 0; index < 2u * depth; ++index)
        completions[index] = {}; // of an older phase than the device's first
    for (std::uint32_t index = 0; index < depth; ++index)
        entries_[index] = {};
    completions_ = completions;
    tables_ = memory.address + QueueMemory::tables_at(depth);
    tables_address_ = memory.device_address + QueueMemory::tables_at(depth);
    submit_doorbell_ = submit_doorbell;
    complete_doorbell_ = complete_doorbell;
    depth_ = depth;
    tail_ = head_ = unreleased_ = 0;
    phase_ = 1;
    broken_ = false;
    sgl_ = sgl;
    free_count_ = 0;
    for (std::uint16_t id = depth - 1; id != 0; --id) {
        free_[free_count_++] = id - 1;
        tokens_[id - 1] = nullptr;
    }
    return {};
}

void QueuePair::command(void* token, const SubmissionEntry& words) {
    const std::uint16_t id = free_[free_count_ - 1];
    SubmissionEntry& entry = entries_[tail_];
    entry = words;
    give(entry, id, token, words.command & 0xffff,
         static_cast<std::uint32_t>(words.command >> command::namespace_shift));
}

void QueuePair::flush(void* token, std::uint32_t name_space) {
    SubmissionEntry words{};
    words.command = static_cast<std::uint64_t>(Opcode::Flush) | std::uint64_t{name_space} << command::namespace_shift;
    command(token, words);
}

void QueuePair::deallocate(void* token, std::uint32_t name_space, std::uint64_t first_block, std::uint32_t blocks) {
    const std::uint16_t id = free_[free_count_ - 1];
    // Safe: a table is aligned to its 1024 bytes, and the device reads it only while its command is out.
    *reinterpret_cast<DatasetRange*>(table(id)) = {.attributes = 0, .blocks = blocks, .first = first_block};
    SubmissionEntry words{};
    words.command = static_cast<std::uint64_t>(Opcode::DatasetManagement) | std::uint64_t{name_space}
                                                                                << command::namespace_shift;
    words.data[0] = table_address(id);
    words.dwords10_11 = dataset::deallocate; // one range: 0-based
    command(token, words);
}

bool QueuePair::describe_data(SubmissionEntry& entry, std::uint16_t id, std::span<const Run> data,
                              std::uint64_t& kind) {
    if (!sgl_)
        return list_pages(entry, id, data);
    if (data.size() > table_runs)
        return false;
    kind |= command::uses_sgl;
    if (data.size() == 1) {
        entry.data[0] = data[0].address;
        entry.data[1] = data[0].bytes | sgl::data_block;
        return true;
    }
    // Safe: as in deallocate.
    auto* const descriptors = reinterpret_cast<SglDescriptor*>(table(id));
    for (std::size_t index = 0; index < data.size(); ++index)
        descriptors[index] = {data[index].address, data[index].bytes | sgl::data_block};
    entry.data[0] = table_address(id);
    entry.data[1] = data.size() * sizeof(SglDescriptor) | sgl::last_segment;
    return true;
}

// PRP 1 is the first page from its offset on; PRP 2 the second page or, when there are more, their list. (4.3)
bool QueuePair::list_pages(SubmissionEntry& entry, std::uint16_t id, std::span<const Run> data) {
    // Safe: as in deallocate.
    auto* const list = reinterpret_cast<std::uint64_t*>(table(id));
    std::size_t listed = 0;
    for (std::size_t index = 0; index < data.size(); ++index) {
        const std::uint64_t start = data[index].address, end = start + data[index].bytes;
        const bool starts_badly = index != 0 && start % page_bytes != 0;
        const bool ends_badly = index + 1 != data.size() && end % page_bytes != 0;
        if (starts_badly || ends_badly || data[index].bytes == 0)
            return false;
        std::uint64_t page = start & ~(page_bytes - 1);
        if (index == 0)
            page += page_bytes;
        for (; page < end; page += page_bytes) {
            if (listed == table_pages)
                return false;
            list[listed++] = page;
        }
    }
    entry.data[0] = data[0].address;
    entry.data[1] = listed < 2 ? (listed == 0 ? 0 : list[0]) : table_address(id);
    return true;
}

void* QueuePair::overdue() {
    void* late = nullptr;
    for (std::uint16_t id = 0; id + 1 < depth_; ++id)
        if (tokens_[id] && ages_[id] < 2 && ++ages_[id] == 2)
            late = tokens_[id];
    for (std::uint16_t id = 0; id + 1 < depth_ && !late; ++id)
        if (tokens_[id] && ages_[id] == 2)
            late = tokens_[id];
    return late;
}

std::uint16_t QueuePair::identifier(const void* token) const {
    for (std::uint16_t id = 0; id + 1 < depth_; ++id)
        if (tokens_[id] == token && token)
            return id;
    return depth_;
}

void* QueuePair::recover() {
    broken_ = true;
    for (std::uint16_t id = 0; id + 1 < depth_; ++id)
        if (void* const token = tokens_[id]) {
            tokens_[id] = nullptr;
            free_[free_count_++] = id;
            return token;
        }
    return nullptr;
}

} // namespace exo::nvme
