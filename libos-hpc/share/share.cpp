// Finds the function whose mount tag a share has, brings it up, and attaches. Everything of a share stays for good.
#include "libos-hpc/share/share.hpp"

#include "libos-hpc/share/share_node.hpp"
#include "libos/device/granted_function.hpp"
#include "libos/device/virtio_surroundings.hpp"
#include "libos/ninep/client.hpp"
#include "libos/ninep/virtio_transport.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {
namespace {

constexpr std::size_t exchange_count = 4;
constexpr std::size_t exchange_bytes = ninep::layout::payload + 256 * 1024;
constexpr std::uint32_t user_root = 0;
constexpr std::uint64_t device_first = 16; // st_dev of share 0

// The client's lock is held only around table look-ups and ring accesses, which do not block.
void acquire(void* context) {
    static_cast<Mutex*>(context)->lock();
}
void release(void* context) {
    static_cast<Mutex*>(context)->unlock();
}

// One virtio-9p function and whatever became of it.
struct Device {
    VirtioSurroundings function;
    virtio_9p::RequestQueue queue;
    bool up = false;
};

struct Share {
    explicit Share(Device& from) : device(from), transport(from.queue) {}

    Device& device;
    ninep::VirtioTransport transport;
    Mutex lock;
    ninep::Client client;
};

constinit Mutex devices_lock;
Device* devices[start_shares_max];
std::size_t devices_opened;

const char* share_tag(std::uint64_t index) {
    return start_list_string(start_info().share_tags_offset, static_cast<std::uint32_t>(index));
}

void say(std::uint64_t index, const char* why) {
    log_line({{"libos-hpc: the share "}, {share_tag(index)}, {" cannot be used: "}, {why}, {"\n"}});
}

// Devices come in the order of the host's command line, usually that of the tags; the tag decides.
Device* find_device(std::string_view tag) {
    MutexGuard guard(devices_lock);
    for (std::size_t i = 0; i < start_shares_max; ++i) {
        if (i == devices_opened) {
            const StartFunction* granted = granted_function(role_share, i);
            Device* device = granted ? heap_new<Device>() : nullptr;
            if (!device)
                return nullptr;
            device->up = device->function.open(*granted).has_value() &&
                         device->queue.bring_up(device->function.environment()).has_value();
            devices[devices_opened++] = device;
        }
        if (devices[i]->up && devices[i]->queue.mount_tag() == tag)
            return devices[i];
    }
    return nullptr;
}

} // namespace

std::size_t share_count() {
    std::size_t count = start_info().share_count;
    return count < start_shares_max ? count : start_shares_max;
}

Ref<Node> open_share(std::uint64_t index) {
    Device* device = find_device(share_tag(index));
    if (!device) {
        say(index, "no virtio function has this tag, or it did not start");
        return Ref<Node>();
    }
    Share* share = heap_new<Share>(*device);
    if (!share)
        return Ref<Node>();
    ninep::Buffer buffers[exchange_count];
    for (ninep::Buffer& buffer : buffers) {
        auto memory = device->function.function().allocate_dma(exchange_bytes);
        if (!memory) {
            say(index, error_name(memory.error()));
            return Ref<Node>();
        }
        buffer = {memory->address, memory->physical, static_cast<std::size_t>(memory->bytes)};
    }
    ninep::Lock lock{&share->lock, acquire, release};
    if (auto done = share->client.connect(share->transport.transport(), buffers, lock, user_root); !done) {
        say(index, "the server refused the connection");
        return Ref<Node>();
    }
    bool read_only = start_info().share_read_only & (1u << index);
    return make<ShareNode>(*ShareFileSystem::create(share->client, device_first + index, read_only),
                           share->client.root(), linux_abi::mode::directory, ShareNode::FidOwner::FileSystem);
}

} // namespace exo::hpc
