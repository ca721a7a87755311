// Who runs the network benches: each way of sending and receiving, with its machine. README.md says what the peers are.
#pragma once

#include "bench/harness/definition.hpp"
#include "bench/network/machines.hpp"

namespace bench::network {

// The words of each program; the second of a pair is for a smoke run.
struct Words {
    std::string_view measure, smoke;
};

constexpr Job socket_job(std::string_view peer, Words words) {
    return {.linux_program = "bench/linux/network",
            .peer = peer,
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .timeout_s = 300,
            .linux_machine = virtio_machine,
            .linux_modules = virtio_modules,
            .linux_kernel_options = "nr_cpus=1"};
}

constexpr Job dpdk_job(std::string_view peer, Words words) {
    const bool behind_iommu = peer == "dpdk";
    Job job{.linux_program = "bench/linux/network-dpdk",
            .peer = peer,
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .timeout_s = 300,
            .linux_machine = virtio_machine,
            .linux_modules = uio_modules,
            .linux_kernel_options = "nr_cpus=1 hugepages=128"};
    if (behind_iommu) {
        job.linux_machine = virtio_iommu_machine;
        job.linux_modules = vfio_modules;
        job.linux_kernel_options = "nr_cpus=1 intel_iommu=on hugepages=128";
    }
    return job;
}

constexpr Job vmxnet3_job(std::string_view peer, Words words) {
    Job job = socket_job(peer, words);
    job.linux_machine = vmxnet3_machine;
    job.linux_modules = vmxnet3_modules;
    return job;
}

constexpr Job our_job(Words words) {
    return {.exo_program = "bench/exo/network",
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .timeout_s = 300,
            .exo_options = exo_options};
}

constexpr Job flow_job(Words words) {
    Job job = our_job(words);
    job.exo_options = exo_flow_options;
    return job;
}

constexpr Job flood_job(Words words) {
    Job job = our_job(words);
    job.exo_options = exo_flood_options;
    return job;
}

constexpr Job handler_job(Words words) {
    Job job = our_job(words);
    job.exo_options = exo_handler_options;
    return job;
}

constexpr Job floor_job(std::string_view peer, Words words) {
    Job job{.bare_image = "bench/network/floor/floor.elf",
            .peer = peer,
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .timeout_s = 120,
            .linux_machine = virtio_iommu_machine};
    // Our driver wants the NIC to go through an IOMMU, should there be one.
    if (peer == "floor")
        job.linux_machine = std::span(virtio_iommu_machine).subspan<2>();
    return job;
}

// Says what the rows of a job begin with.
constexpr Job yielding(std::string_view names, Job job) {
    job.yields = names;
    return job;
}

constexpr Job uncounted(Job job) {
    job.counted = false;
    return job;
}

} // namespace bench::network
