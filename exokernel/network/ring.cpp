// Making and ending rings; see ring.hpp.
#include "exokernel/network/ring.hpp"

#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/physical.hpp"

namespace exo {

Ring rings[rings_max];

namespace {

// Tenants of pinned Data frames below this are rings, by number + 1.
static_assert(rings_max < 0x8000);

std::uint16_t tenant_of(std::uint16_t ring) {
    return static_cast<std::uint16_t>(ring + 1);
}

bool well_formed(const FlowRingSpec& spec) {
    return is_slot_count(spec.offers) && is_slot_count(spec.received) && is_slot_count(spec.transmits) &&
           spec.buffers >= 1 && spec.buffers <= flow_buffers_max && spec.flags == 0 &&
           spec.receive_offset <= flow_receive_offset_max;
}

std::uint64_t pages_of(const FlowRingSpec& spec) {
    return flow_ring_pages(spec.offers, spec.received, spec.transmits);
}

// Says in page 0 what the ring is; the owner's indices start where the kernel's do.
void describe(Ring& ring) {
    const FlowRingSpec& spec = ring.spec;
    FlowRing& page = *ring.page;
    page = {};
    page.version = flow_ring_version;
    page.buffers = spec.buffers;
    page.offers = spec.offers;
    page.received_slots = spec.received;
    page.transmits = spec.transmits;
    page.receive_offset = spec.receive_offset;
    page.offers_at = page_bytes;
    page.received_at = static_cast<std::uint32_t>(page.offers_at + paged(spec.offers * sizeof(FlowOffer)));
    page.transmits_at = static_cast<std::uint32_t>(page.received_at + paged(spec.received * sizeof(FlowReceived)));
    page.sent_at = static_cast<std::uint32_t>(page.transmits_at + paged(spec.transmits * sizeof(FlowTransmit)));
    std::uint64_t base = spec.ring_frame << page_shift;
    ring.offers = at_physical<FlowOffer>(base + page.offers_at);
    ring.received = at_physical<FlowReceived>(base + page.received_at);
    ring.transmits = at_physical<FlowTransmit>(base + page.transmits_at);
    ring.sent = at_physical<FlowSent>(base + page.sent_at);
    ring.buffers = at_frame<std::byte>(spec.buffer_frame);
}

} // namespace

Result<std::uint16_t> ring_make(const RingRequest& request) {
    const FlowRingSpec& spec = request.spec;
    if (!well_formed(spec))
        return std::unexpected(Error::BadArgument);
    std::uint64_t pages = pages_of(spec);
    const Slot& paid = capabilities.at(request.frames);
    if (!covers(paid, spec.ring_frame, pages) || !covers(paid, spec.buffer_frame, spec.buffers))
        return std::unexpected(Error::OutOfRange);
    bool apart = spec.ring_frame + pages <= spec.buffer_frame || spec.buffer_frame + spec.buffers <= spec.ring_frame;
    if (!apart)
        return std::unexpected(Error::BadArgument);
    if (!frames_can_be_pinned(spec.ring_frame, pages) || !frames_can_be_pinned(spec.buffer_frame, spec.buffers))
        return std::unexpected(Error::InUse);
    std::uint16_t number = 0;
    while (number < rings_max && rings[number].environment)
        number++;
    if (number == rings_max)
        return std::unexpected(Error::TableFull);
    Ring& ring = rings[number];
    ring = {};
    ring.environment = request.environment;
    ring.nic = request.nic;
    ring.vcore = request.vcore;
    ring.event = request.event;
    ring.frames = request.frames;
    ring.spec = spec;
    ring.page = at_frame<FlowRing>(spec.ring_frame);
    frames_pin(spec.ring_frame, pages, tenant_of(number));
    frames_pin(spec.buffer_frame, spec.buffers, tenant_of(number));
    describe(ring);
    return number;
}

void ring_end(std::uint16_t number) {
    Ring& ring = rings[number];
    frames_pin(ring.spec.ring_frame, pages_of(ring.spec), 0);
    frames_pin(ring.spec.buffer_frame, ring.spec.buffers, 0);
    ring = {};
}

std::uint16_t ring_of_tenant(std::uint16_t tenant) {
    return tenant >= 1 && tenant <= rings_max ? static_cast<std::uint16_t>(tenant - 1) : no_ring;
}

} // namespace exo
