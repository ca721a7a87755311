// Ways into ring 0 and out of it. Three kinds: system calls (a reflected one is finished here), exceptions
// and interrupts. Every entry from user mode ends on the core's one kernel stack.
#include "secure-bindings/abi/call_numbers.hpp"

// Offsets asserted in cpu/core.hpp, abi/upcall.hpp and abi/info.hpp.
#define CORE_STACK 8
#define CORE_USER_RSP 16
#define CORE_UPCALL 24
#define CORE_VCORE_INFO 32
#define CORE_COUNTERS 40
#define UPCALL_MASKED 0
#define UPCALL_REFLECT_ENTRY 32
#define UPCALL_REFLECT_RIP 256
#define UPCALL_REFLECT_RFLAGS 264
#define COUNTERS_CALLS 0
#define COUNTERS_REFLECTIONS 8
#define VCORE_CALLS 16
#define VCORE_REFLECTIONS 24
#define CALL_FULL_FIRST 12
#define CALL_GATE_FIRST 16
#define CALL_FULL_LAST 17
#define USER_DATA 27
#define USER_CODE 35

    .text
    .globl system_call_entry
    .balign 64
system_call_entry:
    swapgs
    mov %rsp, %gs:CORE_USER_RSP
    mov %eax, %esp
    sub $EXO_CALL_BASE, %esp
    cmp $EXO_CALL_NUMBERS, %esp
    jb 1f

    // A foreign call: hand it to the library OS of the same address space. No stack is needed;
    // rsp is the pointer to the upcall page. Interrupts are off; NMI and #MC have stacks of their own.
    mov %gs:CORE_UPCALL, %rsp
    cmpq $0, UPCALL_MASKED(%rsp)
    jne 3f
    mov %rcx, UPCALL_REFLECT_RIP(%rsp)
    mov %r11, UPCALL_REFLECT_RFLAGS(%rsp)
    mov UPCALL_REFLECT_ENTRY(%rsp), %rcx
    mov %rcx, %r11             // not canonical: SYSRET would fault in ring 0 on the user's stack
    shr $47, %r11
    jnz 2f
    test %rcx, %rcx
    jz 2f
    movq $1, UPCALL_MASKED(%rsp)
    mov %gs:CORE_VCORE_INFO, %r11
    incq VCORE_REFLECTIONS(%r11)
    mov %gs:CORE_COUNTERS, %r11
    incq COUNTERS_REFLECTIONS(%r11)
    mov $0x202, %r11d
    mov %gs:CORE_USER_RSP, %rsp
    swapgs
    sysretq

    // The exokernel's own calls.
1:  mov %gs:CORE_STACK, %rsp
    cmp $(EXO_CALL_BASE + CALL_FULL_FIRST), %eax
    jb 4f
    cmp $(EXO_CALL_BASE + CALL_GATE_FIRST), %eax
    jb 5f
    cmp $(EXO_CALL_BASE + CALL_FULL_LAST), %eax
    jbe 8f
    // Simple calls: nothing switches, so the registers C++ keeps need no saving.
4:  pushq %gs:CORE_USER_RSP
    push %r11
    push %rcx
    push %rdi
    push %rsi
    push %rdx
    push %r8
    push %r9
    push %r10
    sub $8, %rsp
    sub $EXO_CALL_BASE, %eax
    cmp $system_call_count, %eax
    jae 6f
    mov %r10, %rcx
    call *system_call_table(,%rax,8)
7:  add $8, %rsp
    pop %r10
    pop %r9
    pop %r8
    pop %rdx
    pop %rsi
    pop %rdi
    pop %rcx
    pop %r11
    mov (%rsp), %rsp
    swapgs
    sysretq
6:  mov $-20, %rax             // NoSuchCall
    jmp 7b

    // No library OS to take the call, or a call from beneath one: a broken contract.
3:
2:  mov %gs:CORE_STACK, %rsp
    mov %gs:CORE_UPCALL, %r11
    push $USER_DATA
    pushq %gs:CORE_USER_RSP
    push $0x202
    push $USER_CODE
    push %rcx
    push $0
    push $257                  // trap_vector_bad_reflection
    jmp save_registers

    // call and reply: first the short way (syscall/gate_transfer.cpp), which moves only what such a transfer keeps.
    // What it declines has its registers back and takes the long way.
8:  pushq %gs:CORE_USER_RSP
    push %r11
    push %rcx
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    push %rax
    push %rdi
    push %rsi
    push %rdx
    push %r10
    push %r8
    mov %rsp, %rdi
    sub $8, %rsp
    xor %ebp, %ebp
    call gate_transfer
    mov $0, %r9d
    test %al, %al
    lea 8(%rsp), %rsp
    pop %r8
    pop %r10
    pop %rdx
    pop %rsi
    pop %rdi
    pop %rax
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    pop %rcx
    pop %r11
    jz 9f
    mov (%rsp), %rsp
    swapgs
    sysretq
9:  add $8, %rsp

    // Calls that may hand the core to another vcore.
5:  push $USER_DATA
    pushq %gs:CORE_USER_RSP
    push %r11
    push $USER_CODE
    push %rcx
    push $0
    push $256                  // trap_vector_call
    jmp save_registers

    // Exceptions and interrupts arrive here with vector and error code pushed.
    .balign 16
trap_common:
    testb $3, 24(%rsp)
    jz save_registers
    swapgs
save_registers:
    push %rax
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    push %r11
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, %rdi
    xor %ebp, %ebp
    cld
    call trap_dispatch
    // al: 0 leave by iretq with every register, 1 by sysretq where rcx and r11 do not matter.
    .globl trap_return
trap_return:
    test %al, %al
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    jnz 1f
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rax
    testb $3, 24(%rsp)
    jz 2f
    swapgs
2:  add $16, %rsp
    iretq
1:  pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rax
    mov 16(%rsp), %rcx
    mov 32(%rsp), %r11
    mov 40(%rsp), %rsp
    swapgs
    sysretq

    .globl enter_user
enter_user:
    mov %rdi, %rsp
    xor %eax, %eax
    jmp trap_return

    // NMI, #DB, #MC and #DF come on stacks of their own and may interrupt the swapgs windows above. From ring 0
    // GS may be anyone's (user mode can set it to any value), so the handler does not use it then.
    .balign 16
trap_paranoid:
    push %rax
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    push %r11
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    cld
    testb $3, 144(%rsp)        // CS
    jz 1f
    swapgs
1:  mov %rsp, %rdi
    xor %ebp, %ebp
    call trap_paranoid_dispatch
    testb $3, 144(%rsp)
    jz 2f
    swapgs
2:  pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rax
    add $16, %rsp
    iretq

    // One stub a vector; some exceptions push an error code (Intel SDM 6.13), an interrupt on their vector does not and
    // gets -1: the processor aligns the frame to 16 bytes, so five words show in bit 3 and six do not.
    .macro stub vector
    .balign 16
    .if \vector == 8 || (\vector >= 10 && \vector <= 14) || \vector == 17 || \vector == 21 || \vector == 29 || \vector == 30
    testb $8, %spl
    jz 1f
    push $-1
1:
    .else
    push $0
    .endif
    push $\vector
    .if \vector == 1 || \vector == 2 || \vector == 8 || \vector == 18
    jmp trap_paranoid
    .else
    jmp trap_common
    .endif
    .endm

    .globl trap_stubs
    .balign 16
trap_stubs:
    .altmacro
    .set vector, 0
    .rept 256
    stub %vector
    .set vector, vector + 1
    .endr
    .noaltmacro
    .section .note.GNU-stack, "", @progbits
