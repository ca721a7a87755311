// The primitives through Linux's own system calls: a static program for the peer's
// guest. Raw calls where a C library would add instructions that are not Linux's.
// See suite.hpp for what a Port must do.
#include "bench/primitives/suite.hpp"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

namespace {

using TrapHandler = bench::AfterTrap (*)(void* context, std::byte* address);

TrapHandler trap_handler = nullptr;
void* trap_context = nullptr;

void check(bool done, const char* what) {
    if (done)
        return;
    std::perror(what);
    std::exit(1);
}

void on_segv(int, siginfo_t* info, void* machine) {
    if (trap_handler(trap_context, static_cast<std::byte*>(info->si_addr)) == bench::AfterTrap::skip)
        static_cast<ucontext_t*>(machine)->uc_mcontext.gregs[REG_RIP] += bench::store_bytes;
}

long raw_call(long number) {
    long result;
    // Safe: a call without arguments that touches no memory of ours.
    asm volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
    return result;
}

struct LinuxPort {
    int request[2] = {-1, -1}, answer[2] = {-1, -1};
    pid_t answering = -1;
    pthread_t thread{};

    void null_call() { raw_call(SYS_getppid); }
    void getpid() { raw_call(SYS_getpid); }

    std::byte* touched_pages(std::size_t count) {
        std::byte* const pages = map_on_demand(count);
        std::memset(pages, 1, count * bench::page_bytes);
        return pages;
    }

    void protect(std::byte* page, std::size_t count) {
        check(mprotect(page, count * bench::page_bytes, PROT_READ) == 0, "mprotect");
    }
    void unprotect(std::byte* page, std::size_t count) {
        check(mprotect(page, count * bench::page_bytes, PROT_READ | PROT_WRITE) == 0, "mprotect");
    }

    void on_trap(TrapHandler handler, void* context) {
        trap_handler = handler;
        trap_context = context;
        struct sigaction action{};
        action.sa_sigaction = on_segv;
        action.sa_flags = SA_SIGINFO;
        check(sigaction(SIGSEGV, &action, nullptr) == 0, "sigaction");
    }

    std::byte* map_on_demand(std::size_t count) {
        void* const region =
            mmap(nullptr, count * bench::page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        check(region != MAP_FAILED, "mmap");
        return static_cast<std::byte*>(region);
    }
    void unmap(std::byte* page, std::size_t count) { check(munmap(page, count * bench::page_bytes) == 0, "munmap"); }

    void spawn(void (*body)(void*), void* argument) {
        struct Start {
            void (*body)(void*);
            void* argument;
        };
        auto* const start = new Start{body, argument};
        const auto enter = [](void* raw) -> void* {
            const Start copy = *static_cast<Start*>(raw);
            delete static_cast<Start*>(raw);
            copy.body(copy.argument);
            return nullptr;
        };
        errno = pthread_create(&thread, nullptr, enter, start);
        check(errno == 0, "pthread_create");
    }
    void join() { pthread_join(thread, nullptr); }
    void yield() { sched_yield(); }

    void wait(std::atomic<std::uint32_t>& word, std::uint32_t expected) {
        syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
    }
    void wake_one(std::atomic<std::uint32_t>& word) {
        syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }

    void start_answering_domain() {
        check(pipe(request) == 0 && pipe(answer) == 0, "pipe");
        answering = fork();
        check(answering >= 0, "fork");
        if (answering != 0)
            return;
        close(request[1]);
        for (char byte; read(request[0], &byte, 1) == 1;)
            if (write(answer[1], &byte, 1) != 1)
                break;
        _exit(0);
    }
    void domain_round_trip() {
        char byte = 1;
        check(write(request[1], &byte, 1) == 1 && read(answer[0], &byte, 1) == 1, "pipe round trip");
    }
    void stop_answering_domain() {
        for (const int end : {request[0], request[1], answer[0], answer[1]})
            close(end); // the other process sees the end of its requests and leaves
        waitpid(answering, nullptr, 0);
    }

    void print(std::string_view text) {
        check(write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "write");
    }
};

} // namespace

int main(int count, char** arguments) {
    bench::Effort effort = bench::Effort::measure;
    const char* only = "";
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(arguments[i], "--smoke") == 0)
            effort = bench::Effort::smoke;
        else
            only = arguments[i];
    }
    LinuxPort port;
    if (bench::PrimitiveSuite(port, effort).run(only))
        return 0;
    std::fprintf(stderr, "primitives: no row is called %s\n", only);
    return 1;
}
