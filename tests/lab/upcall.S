// A child's upcall entry: saves everything, calls the handler named in the child's start block, resumes what was
// interrupted. The resume sequence is restartable, as abi/upcall.hpp asks.
// Offsets: UpcallPage (abi/upcall.hpp); the start block's handler is its last word (child.hpp).
#define PAGE 0x700000200000
#define HANDLER 136

    .text
    .globl lab_upcall_entry, lab_resume_begin, lab_resume_end, lab_resume_restart
lab_upcall_entry:
    sub $40, %rsp              // the resumed stack pointer goes here
    push %rax
    movabs $PAGE, %rax
    push 248(%rax)             // r11 as it was
    push 240(%rax)             // rcx
    push %rdx
    push %rbx
    push %rbp
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    push %r12
    push %r13
    push %r14
    push %r15
    mov 160(%rsp), %rdi        // the start block, at the top of the upcall stack
    mov %rsp, %rsi
    mov HANDLER(%rdi), %rdx
    mov %rsp, %rbx
    and $-16, %rsp
    call *%rdx
lab_resume_restart:
    movabs $PAGE, %rax
    mov 24(%rax), %rsp         // upcall_stack
    sub $160, %rsp
    mov 224(%rax), %rdx        // rsp of what was interrupted; below its red zone go flags and rip
    sub $144, %rdx
    mov 232(%rax), %rcx
    mov %rcx, (%rdx)
    mov 216(%rax), %rcx
    mov %rcx, 8(%rdx)
    mov %rdx, 120(%rsp)
    mov %rsp, %rbx
lab_resume_begin:
    movq $0, (%rax)            // masked
    mov 128(%rax), %rcx        // pending bits that are wanted: handle them before going back
    and 8(%rax), %rcx
    jnz 1f
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rbp
    pop %rbx
    pop %rdx
    pop %rcx
    pop %r11
    pop %rax
    pop %rsp
    popfq
    ret $128
lab_resume_end:
1:  movq $1, (%rax)
    movq $32, 192(%rax)        // cause: pending
    mov 160(%rsp), %rdi
    mov %rsp, %rsi
    mov HANDLER(%rdi), %rdx
    and $-16, %rsp
    call *%rdx
    jmp lab_resume_restart

    // A gate: words in rdi (badge), rsi, rdx, r10, r8 come to a C function as five arguments with the start block
    // as the sixth, from the top of the gate stack.
    .globl lab_gate_entry
lab_gate_entry:
    mov (%rsp), %r9
    mov %r10, %rcx
    mov 144(%r9), %rax         // the start block's gate function
    call *%rax
    ud2
    .section .note.GNU-stack, "", @progbits
